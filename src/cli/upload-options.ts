import type { OutputFormat, UploadOptions } from '../client/index.js';
import type { OptionValues } from './options.js';
import { readChoice } from './read-choice.js';
import { readDecimal } from './read-decimal.js';
import { readWhole } from './read-whole.js';

/** The options of the command line that say how to work on a file. */
export const WORK_OPTIONS = [
  'format',
  'quality',
  'max-dimension',
  'keep-metadata',
  'min-similarity',
  'measure-similarity',
  'skip-bad-rows',
  'replace-urls',
] as const;

/** As the service reads them. @throws UsageError */
export function uploadOptions(values: Pick<OptionValues, (typeof WORK_OPTIONS)[number]>): UploadOptions {
  return {
    format: readChoice('format', values.format) as OutputFormat | undefined,
    quality: readWhole('quality', values.quality),
    maxDimension: readWhole('max-dimension', values['max-dimension']),
    keepMetadata: values['keep-metadata'],
    minSimilarity: readDecimal('min-similarity', values['min-similarity']),
    measureSimilarity: values['measure-similarity'],
    replaceUrls: values['replace-urls'],
    invalidRows: values['skip-bad-rows'] ? 'SKIP_ROW' : 'REFUSE_FILE',
  };
}

import { defineCommand } from '../command.js';
import { uploadOptions, WORK_OPTIONS } from '../upload-options.js';

const DEFAULT_FOLDER = 'pixelpress-out';

export const runCommand = defineCommand({
  name: 'run',
  summary: 'one CSV, here and now, without a service',
  argument: 'FILE.csv',
  options: ['out', ...WORK_OPTIONS],
  examples: ['pixelpress run products.csv --out results', 'pixelpress run products.csv --format webp --quality 70'],
  async run({ argument, values, reporter, stopSignal }) {
    const { runFile } = await import('../run-file.js');
    const options = uploadOptions(values);
    return runFile({ file: argument, out: values.out ?? DEFAULT_FOLDER, options, reporter, stop: stopSignal() });
  },
});

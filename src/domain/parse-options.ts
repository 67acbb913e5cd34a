import { badInput } from './errors.js';
import { InvalidRowPolicy, OutputFormat, type RequestOptions } from './options.js';
import { parseUrl } from './parse-url.js';

/** Options as a client may write them: anything may be missing. */
export interface OptionsInput {
  format?: string | null | undefined;
  quality?: number | null | undefined;
  maxDimension?: number | null | undefined;
  keepMetadata?: boolean | null | undefined;
  minSimilarity?: number | null | undefined;
  measureSimilarity?: boolean | null | undefined;
  invalidRows?: string | null | undefined;
  webhookUrl?: string | URL | null | undefined;
  replaceUrls?: boolean | null | undefined;
}

/** The largest side that JPEG can hold. */
const MAX_DIMENSION = 65_535;
const MAX_URL_CHARS = 2_048;

/** Options that are checked and whole. @throws AppError BAD_USER_INPUT, naming the field. */
export function parseOptions(input: OptionsInput): RequestOptions {
  return {
    format: oneOf('format', input.format, OutputFormat, 'KEEP'),
    quality: wholeNumber('quality', input.quality, 1, 100),
    maxDimension: wholeNumber('maxDimension', input.maxDimension, 1, MAX_DIMENSION),
    keepMetadata: input.keepMetadata ?? false,
    minSimilarity: similarity(input.minSimilarity),
    measureSimilarity: input.measureSimilarity ?? false,
    invalidRows: oneOf('invalidRows', input.invalidRows, InvalidRowPolicy, 'REFUSE_FILE'),
    webhookUrl: webhookUrl(input.webhookUrl),
    replaceUrls: input.replaceUrls ?? false,
  };
}

function oneOf<T extends string>(
  field: string,
  value: string | null | undefined,
  allowed: Readonly<Record<T, T>>,
  otherwise: T,
): T {
  if (value === null || value === undefined) return otherwise;
  const names = Object.keys(allowed) as T[];
  const found = names.find((name) => name === value);
  if (!found) throw badInput(field, `${field} is one of ${names.join(', ')}.`);
  return found;
}

function wholeNumber(field: string, value: number | null | undefined, least: number, most: number): number | null {
  if (value === null || value === undefined) return null;
  if (!Number.isInteger(value) || value < least || value > most) {
    throw badInput(field, `${field} is a whole number from ${least} to ${most}.`);
  }
  return value;
}

function similarity(value: number | null | undefined): number | null {
  if (value === null || value === undefined) return null;
  if (!(value >= 0 && value <= 1)) throw badInput('minSimilarity', 'minSimilarity is a number from 0 to 1.');
  return value;
}

function webhookUrl(value: string | URL | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  const text = value.toString();
  const url = parseUrl(text);
  if (!url || !/^https?:$/.test(url.protocol) || text.length > MAX_URL_CHARS) {
    throw badInput('webhookUrl', 'webhookUrl is an http or https URL.');
  }
  return url.href;
}

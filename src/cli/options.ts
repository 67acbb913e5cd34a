/** One option of the command line, for parsing, help and completion alike. */
interface Option {
  type: 'string' | 'boolean';
  short?: string;
  /** What stands for its value in the help. */
  value?: string;
  /** All that it can be. */
  choices?: readonly string[];
  about: string;
}

/** Every option, by its name; a command lists those that it takes. */
export const OPTIONS = {
  server: { type: 'string', value: 'URL', about: 'the service; else PIXELPRESS_SERVER, else http://127.0.0.1:4000' },
  key: { type: 'string', value: 'SECRET', about: 'its API key, where it asks for one; else PIXELPRESS_API_KEY' },
  watch: { type: 'boolean', about: 'stay till every image has ended' },
  out: { type: 'string', value: 'PATH', about: 'where to write what comes back' },
  format: {
    type: 'string',
    value: 'FORMAT',
    choices: ['KEEP', 'JPEG', 'PNG', 'WEBP', 'AVIF'],
    about: 'of the results',
  },
  quality: { type: 'string', value: '1-100', about: 'of the encoder; left out, the default of the format' },
  'max-dimension': { type: 'string', value: 'PIXELS', about: 'longest side; larger images are scaled down' },
  'keep-metadata': { type: 'boolean', about: 'keep EXIF and the like' },
  'min-similarity': { type: 'string', value: '0-1', about: 'to the originals; the quality of each image follows' },
  'measure-similarity': { type: 'boolean', about: 'tell how like their originals the results are' },
  'skip-bad-rows': { type: 'boolean', about: 'leave rows out that cannot be read, and say which' },
  'replace-urls': { type: 'boolean', about: 'the image column itself holds the new URLs, for an import' },
  zip: { type: 'boolean', about: 'all results in one ZIP, instead of a folder' },
  errors: { type: 'boolean', about: 'only the rows to mend, as a CSV with their reasons' },
  webhook: { type: 'string', value: 'URL', about: 'told when the request ends' },
  'expires-at': {
    type: 'string',
    value: 'MOMENT',
    about: 'when it is to be gone, as 2030-12-31 or 2030-12-31T18:00:00Z',
  },
  'idempotency-key': { type: 'string', value: 'KEY', about: 'makes it one upload, however often it is sent' },
  status: {
    type: 'string',
    value: 'STATUS',
    choices: ['PENDING', 'PROCESSING', 'CANCELLING', 'COMPLETED', 'FAILED', 'CANCELLED'],
    about: 'only requests in this state',
  },
  limit: { type: 'string', value: 'COUNT', about: 'at most so many (20)' },
  from: {
    type: 'string',
    value: 'SET',
    choices: ['embedded', 'engines'],
    about: 'where all is: DATA_DIR, or MONGODB_URI and AWS_BUCKET_NAME',
  },
  to: { type: 'string', value: 'SET', choices: ['embedded', 'engines'], about: 'where it goes, which is empty' },
  keep: { type: 'boolean', about: 'leave it running' },
  json: { type: 'boolean', about: 'objects instead of lines for a person, one a line' },
  help: { type: 'boolean', short: 'h', about: 'this text' },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof OPTIONS;

/** What was given for each option. */
export type OptionValues = {
  [Name in OptionName]?: ((typeof OPTIONS)[Name]['type'] extends 'boolean' ? boolean : string) | undefined;
};

/** An option as help and completion tell of it. */
export function describeOption(name: OptionName): Option {
  return OPTIONS[name];
}

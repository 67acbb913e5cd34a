#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { loadEnvFile } from '../config.js';
import { StartError } from '../domain/errors.js';
import { ClientError, createClient } from './client.js';
import { demo } from './demo.js';
import { createReporter } from './reporter.js';
import { runFile } from './run-file.js';
import { upload } from './upload.js';

const HELP = `Pixelpress: bulk image compression with live status.

  pixelpress run FILE.csv --out DIR        one CSV, here and now, without a server
  pixelpress upload FILE.csv [--watch] [--out FILE]
  pixelpress watch ID
  pixelpress cancel ID
  pixelpress retry ID                      try the failed images again
  pixelpress demo [--keep]                 the main job on photos that come along

  --server URL      the service (default http://127.0.0.1:4000)
  --key SECRET      its API key, where it asks for one
  --format KEEP|JPEG|PNG|WEBP|AVIF   --quality 1-100   --max-dimension PIXELS   --skip-bad-rows
  --json            one JSON object instead of lines for a person

Exit codes: 0 every image was made, 2 some failed, 1 an error.
`;

const OPTIONS = {
  server: { type: 'string', default: 'http://127.0.0.1:4000' },
  key: { type: 'string' },
  out: { type: 'string' },
  watch: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  format: { type: 'string' },
  quality: { type: 'string' },
  'max-dimension': { type: 'string' },
  'skip-bad-rows': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Answers the exit code. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const [command, target] = positionals;
  if (values.help || !command) {
    process.stdout.write(HELP);
    return values.help ? 0 : 1;
  }
  loadEnvFile();
  const reporter = createReporter(values.json);
  const options = {
    format: values.format?.toUpperCase(),
    quality: values.quality === undefined ? undefined : Number(values.quality),
    maxDimension: values['max-dimension'] === undefined ? undefined : Number(values['max-dimension']),
    invalidRows: values['skip-bad-rows'] ? 'SKIP_ROW' : 'REFUSE_FILE',
  };
  if (command === 'demo') return demo({ keep: values.keep, reporter });
  if (!target) throw new ClientError(`pixelpress ${command} needs one more word; see pixelpress --help.`);
  if (command === 'run') return runFile({ file: target, out: values.out ?? 'pixelpress-out', options, reporter });
  const client = createClient(values.server, values.key ?? null);
  switch (command) {
    case 'upload':
      return upload({ client, file: target, options, watch: values.watch, out: values.out ?? null, reporter });
    case 'watch':
      return reporter.follow(client.watch(target));
    case 'cancel':
      return reporter.tell(await client.cancelRequest(target));
    case 'retry':
      return reporter.tell(await client.retryFailedImages(target));
    default:
      throw new ClientError(`There is no command “${command}”; see pixelpress --help.`);
  }
}

main().then(
  (code) => process.exit(code),
  (error: NodeJS.ErrnoException) => {
    const told = [ClientError, StartError].some((type) => error instanceof type);
    const plain = told || error.code?.startsWith('ERR_PARSE_ARGS') || error.code === 'ENOENT';
    console.error(plain ? error.message : error);
    process.exit(1);
  },
);

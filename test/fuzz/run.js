// Feeds hostile input to every place where strangers' bytes come in, and looks for a crash, a hang, an answer of 5xx
// and memory that grows.
//   npm run fuzz -- [--seconds 60] [--seed 1] [--only csv]
// The seed is printed; with it the same inputs come again.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string', default: '' },
  },
});
const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '--runInBand',
    '--testMatch',
    `**/test/fuzz/*${values.only}*.fuzz.ts`,
  ],
  { stdio: 'inherit', env: { ...process.env, FUZZ_SECONDS: values.seconds, FUZZ_SEED: values.seed } },
);
process.exit(status ?? 1);

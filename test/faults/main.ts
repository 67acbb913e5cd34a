// Runs requests while processes and engines die, and verifies that nothing is lost.
//   npm run faults -- --engines embedded --runs 100 [--seed 1] [--at-once 2]
//   eval "$(engines up)"; npm run faults -- --engines real --runs 25
// The first run has the seed that is given or printed, the next one the next; one run alone is had again by --runs 1.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type RunResult, runScenario } from './scenario.js';

const { values } = parseArgs({
  options: {
    engines: { type: 'string', default: 'embedded' },
    runs: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'at-once': { type: 'string', default: '1' },
    command: { type: 'string', default: '../shared/engines/engines' },
  },
});
const engines = values.engines === 'real' ? 'real' : 'embedded';
const seeds = Array.from({ length: Number(values.runs) }, (_, index) => Number(values.seed) + index);
const logs = mkdtempSync(join(tmpdir(), 'pixelpress-fault-logs-'));
const results: RunResult[] = [];
console.log(`seed ${values.seed}, ${seeds.length} runs on ${engines} engines; logs in ${logs}`);

async function work(): Promise<void> {
  for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
    const logFile = join(logs, `${seed}.log`);
    const result = await runScenario({ engines, seed, logFile, command: values.command });
    results.push(result);
    console.log(
      `${result.problems.length === 0 ? 'ok  ' : 'LOST'} seed ${seed} ${result.seconds.toFixed(0)} s: ${result.faults.join('; ')}`,
    );
    for (const problem of result.problems.slice(0, 20)) console.log(`     ${problem}`);
    if (result.problems.length === 0) rmSync(logFile, { force: true });
  }
}

await Promise.all(Array.from({ length: Number(values['at-once']) }, work));
const names = [...new Set(results.flatMap(({ faults }) => faults))].sort();
console.table(
  names.map((fault) => {
    const runs = results.filter((result) => result.faults.includes(fault));
    return { fault, runs: runs.length, lost: runs.filter(({ problems }) => problems.length > 0).length };
  }),
);
const lost = results.filter(({ problems }) => problems.length > 0).length;
if (lost === 0) rmSync(logs, { recursive: true, force: true });
console.log(`${results.length - lost} passed, ${lost} failed`);
process.exit(lost === 0 ? 0 : 1);

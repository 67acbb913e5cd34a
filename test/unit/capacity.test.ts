import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PARTITIONS } from '../../src/messaging/kafka-topics.js';

const root = join(import.meta.dirname, '../..');
const calculate = (...options: string[]) =>
  promisify(execFile)(process.execPath, [join(root, 'bench/capacity.js'), ...options]);

describe('the calculation of capacity', () => {
  it('says what docs/scaling.md shows', async () => {
    const { stdout } = await calculate();
    const shown = readFileSync(join(root, 'docs/scaling.md'), 'utf8');
    for (const table of stdout.trim().split('\n\n')) expect(shown).toContain(table);
  });

  it('follows its figures', async () => {
    const needs = async (...options: string[]) => (await calculate('--images', '10000000', ...options)).stdout;
    const [, workers] = /workers of 4 cores +\| (\d+)/.exec(await needs()) ?? [];
    const [, twice] = /workers of 4 cores +\| (\d+)/.exec(await needs('--processMs', '60.1')) ?? [];
    expect(Number(workers)).toBe(Math.ceil(((10_000_000 / 86_400) * 3 * 31.1) / (4_000 * 0.6)));
    expect(Number(twice)).toBe(Math.ceil(((10_000_000 / 86_400) * 3 * 62.2) / (4_000 * 0.6)));
  });

  it('begins with the partitions that the service makes', async () => {
    expect((await calculate()).stdout).toContain(`${PARTITIONS.images} partitions`);
  });

  it('refuses a figure that is none', async () => {
    await expect(calculate('--peak', 'high')).rejects.toThrow('--peak is a number above 0, not “high”.');
  });
});

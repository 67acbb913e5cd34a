import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KafkaSettings } from '../../src/messaging/kafka-client.js';
import { PARTITIONS, topicOf } from '../../src/messaging/kafka-topics.js';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const calculate = (...options: string[]) =>
  promisify(execFile)(process.execPath, [join(root, 'bench/capacity.js'), ...options]);

describe('the calculation of capacity', () => {
  it('says what docs/scaling.md shows', async () => {
    const { stdout } = await calculate();
    const shown = read('docs/scaling.md');
    for (const table of stdout.trim().split('\n\n')) expect(shown).toContain(table);
  });

  it('follows its figures: a worker makes what its cores can, and no more than it has in hand', async () => {
    const needs = async (...options: string[]) => {
      const { stdout } = await calculate('--images', '10000000', ...options);
      return Number(/workers of 4 cores +\| (\d+)/.exec(stdout)?.[1]);
    };
    const peak = (10_000_000 / 86_400) * 3;
    expect(await needs()).toBe(Math.ceil(peak / 48));
    expect(await needs('--imageSeconds', '2')).toBe(Math.ceil(peak / 24));
    expect(await needs('--placesPerCore', '30')).toBe(Math.ceil((peak * 31.1) / (4_000 * 0.6)));
    expect(await needs('--processMs', '60.1')).toBe(Math.ceil((peak * 62.2) / (4_000 * 0.6)));
  });

  it('has the places that a worker has, and what of them the page says that one request can use', async () => {
    const [, perCore] = /IMAGES_PER_CORE = (\d+)/.exec(read('src/config.ts')) ?? [];
    const [, of, parts] = /SHARE_OF_ONE_REQUEST = (\d) \/ (\d)/.exec(read('src/messaging/consume-lane.ts')) ?? [];
    const places = 4 * Number(perCore);
    const share = Math.floor((places * Number(of)) / Number(parts));
    expect((await calculate()).stdout).toContain(`the places of one worker: ${places} images`);
    const shown = read('docs/scaling.md');
    expect(shown).toContain(`at most ${share} of the ${places} places`);
    expect(shown).toContain(`some ${Math.floor(256 / share)} workers are all that one request can use`);
  });

  it('makes as many partitions as the command of the page adds', async () => {
    const [, partitions] = /partitions of `images` .*\| (\d+) +\|/.exec((await calculate()).stdout) ?? [];
    const topic = topicOf({ prefix: 'pixelpress' } as KafkaSettings, 'images');
    expect(read('docs/scaling.md')).toContain(`--alter --topic ${topic} --partitions ${partitions}\``);
  });

  it('begins with the partitions that the service makes', async () => {
    expect((await calculate()).stdout).toContain(`${PARTITIONS.images} partitions`);
  });

  it('refuses a figure that is none', async () => {
    await expect(calculate('--peak', 'high')).rejects.toThrow('--peak is a number above 0, not “high”.');
  });
});

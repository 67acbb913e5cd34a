import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PixelpressClient } from '../client/index.js';
import { EXIT, exitCodeOf } from './exit-code.js';
import { listResults, type ResultFile } from './list-results.js';
import type { Reporter } from './reporter.js';
import { writeFileWhole } from './write-file-whole.js';

/** Results fetched at once: enough for a line with some latency, and no burden to a service. */
const CONCURRENCY = 6;

export interface DownloadArguments {
  client: PixelpressClient;
  id: string;
  /** Made where it is not there. */
  folder: string;
  reporter: Reporter;
  stop: AbortSignal;
}

/**
 * Fetches every result of a request into a folder, and the output CSV where it has ended. What is there with its whole
 * size is not fetched again. Answers the exit code: that of the request, or that some could not be fetched.
 */
export async function downloadResults({ client, id, folder, reporter, stop }: DownloadArguments): Promise<number> {
  const request = await client.status(id);
  await mkdir(folder, { recursive: true });
  const tally = { fetched: 0, present: 0, failed: 0 };
  await forEachOf(listResults(client, id, folder), stop, async (file) => {
    try {
      const outcome = await fetchFile(file, stop);
      tally[outcome] += 1;
      reporter.result({ ...file, outcome });
    } catch (error) {
      if (stop.aborted) return;
      tally.failed += 1;
      reporter.result({ ...file, outcome: 'failed' });
      reporter.note(`${file.path}: ${(error as Error).message}`);
    }
  });
  if (stop.aborted) {
    reporter.note('Stopped. The same command goes on from here.');
    return EXIT.stopped;
  }
  if (request.outputCsvUrl) await writeFileWhole(await client.outputCsv(id), join(folder, 'output.csv'));
  reporter.line(`${folder}: ${tally.fetched} fetched, ${tally.present} there already, ${tally.failed} not fetched`);
  if (!request.finishedAt) reporter.note('The request has not ended: the same command fetches the rest later.');
  return tally.failed > 0 || !request.finishedAt ? EXIT.someFailed : exitCodeOf(request);
}

/** Some at a time, in bounded memory: the next is asked for when one is done. */
async function forEachOf<T>(items: AsyncGenerator<T>, stop: AbortSignal, work: (item: T) => Promise<void>) {
  const worker = async () => {
    for await (const item of items) {
      if (stop.aborted) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

async function fetchFile({ path, url, bytes }: ResultFile, stop: AbortSignal): Promise<'fetched' | 'present'> {
  const present = await stat(path).catch(() => null);
  if (present?.size === bytes) return 'present';
  // Without the key: results are named by what nobody can guess, and may stand on another host.
  const response = await fetch(url, { signal: stop });
  if (!response.ok || !response.body) throw new Error(`${url} was answered with HTTP ${response.status}.`);
  await writeFileWhole(response.body, path, bytes);
  return 'fetched';
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import pino from 'pino';
import { createApp } from '../app.js';
import { type ImageView, PixelpressClient, type RequestView, type StoredImageView } from '../client/index.js';
import { readConfig } from '../config.js';
import { type DemoOrigin, startDemoOrigin } from './demo-origin.js';
import { EXIT } from './exit-code.js';
import { kilobytes } from './kilobytes.js';
import type { Reporter } from './reporter.js';
import { sendFile } from './send-file.js';

const FOLDER = '.data/demo';

export interface DemoArguments {
  /** Whether it goes on running till Ctrl+C. */
  keep: boolean;
  reporter: Reporter;
  stop: AbortSignal;
}

/**
 * The main job on real photographs, on a bare machine: everything embedded, a shop's server on this machine, an
 * upload, live progress, and each image before and after. Answers 0 only if every image came out right.
 */
export async function demo({ keep, reporter, stop }: DemoArguments): Promise<number> {
  const origin = await startDemoOrigin();
  const config = readConfig({ HOST: '127.0.0.1', PORT: '0', DATA_DIR: FOLDER, FETCH_ALLOW: '127.0.0.1' });
  const app = await createApp(config, pino({ level: 'error' }));
  try {
    await mkdir(FOLDER, { recursive: true });
    const input = join(FOLDER, 'products.csv');
    await writeFile(input, productsCsv(origin));
    reporter.line(
      `A shop with ${origin.urls.length} pictures, one of them in two products and one sold out: ${input}\n`,
    );
    const client = new PixelpressClient({ url: app.url });
    const { id } = await sendFile(client, reporter, input, {});
    const watched = await followQuietly(reporter, client, id, stop);
    if (!watched) return EXIT.stopped;
    const images = await collect(client.images(id));
    const problems = await check(images, origin);
    const output = join(FOLDER, 'products-output.csv');
    await writeFile(output, Readable.from(await client.outputCsv(id)));
    tellImages(reporter, images);
    const { bytes, counts } = watched;
    reporter.line(
      `\n${counts.completed} made, ${counts.failed} failed on purpose; ${kilobytes(bytes.original)} -> ${kilobytes(bytes.compressed)}`,
    );
    const aside = keep ? '' : ' (gone by now: --keep leaves it running)';
    reporter.line(`output CSV: ${resolve(output)}\ndashboard:  ${app.url}/${aside}`);
    for (const problem of problems) reporter.line(`NOT RIGHT: ${problem}`);
    reporter.result({ request: watched, images, outputCsv: resolve(output), dashboard: `${app.url}/`, problems });
    if (keep) {
      reporter.line('\nIt goes on running; stop it with Ctrl+C.');
      await new Promise((stopped) => stop.addEventListener('abort', stopped));
    }
    return problems.length === 0 ? EXIT.allMade : EXIT.error;
  } finally {
    await app.close();
    await origin.close();
  }
}

/** A row for each picture; the first one stands in a second product too, and one is gone from the shop. */
function productsCsv({ urls, missing }: DemoOrigin): string {
  const rows = urls.map((url, index) => `${index + 1},Picture ${index + 1},${url}`);
  const more = [`${urls.length + 1},The first picture again,${urls[0]}`, `${urls.length + 2},Sold out,${missing}`];
  return ['S. No.,Product Name,Input Image Urls', ...rows, ...more, ''].join('\n');
}

/** The end of the request; null where Ctrl+C comes before it. With `--json` only the end is told, as one object. */
async function followQuietly(
  reporter: Reporter,
  client: PixelpressClient,
  id: string,
  stop: AbortSignal,
): Promise<RequestView | null> {
  const events = () => client.watch(id, { signal: stop });
  const last = reporter.json ? (await collect(events())).at(-1)?.request : await reporter.follow(events);
  return stop.aborted || !last ? null : last;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** What is not as it should be: a result that is larger, of another size in pixels, or not what is served. */
async function check(images: ImageView[], { urls, missing }: DemoOrigin): Promise<string[]> {
  const { default: sharp } = await import('sharp');
  const problems: string[] = [];
  if (images.length !== urls.length + 1) problems.push(`${images.length} images where ${urls.length + 1} differ`);
  for (const { sourceUrl, original, compressed, status, error } of images) {
    if (sourceUrl === missing) {
      if (status !== 'FAILED' || error?.code !== 'HTTP_ERROR') problems.push(`${sourceUrl} should have failed`);
      continue;
    }
    if (!original || !compressed) {
      problems.push(`${sourceUrl} was not made: ${error?.message ?? status}`);
      continue;
    }
    const served = Buffer.from(await (await fetch(compressed.url)).arrayBuffer());
    const { width, height } = await sharp(served).metadata();
    if (served.length !== compressed.bytes) problems.push(`${compressed.url} is not what was recorded`);
    if (compressed.bytes > original.bytes) problems.push(`${sourceUrl} grew`);
    if (width !== original.width || height !== original.height) problems.push(`${sourceUrl} changed its size`);
  }
  return problems;
}

function tellImages(reporter: Reporter, images: ImageView[]): void {
  const nameOf = (url: string) => url.slice(url.lastIndexOf('/') + 1);
  const sizes = ({ bytes }: StoredImageView) => kilobytes(bytes).padStart(9);
  reporter.line('');
  for (const { sourceUrl, original, compressed, error } of images) {
    const name = nameOf(sourceUrl).padEnd(34);
    if (!original || !compressed) reporter.line(`${name} ${error?.code}: ${error?.message}`);
    else {
      const saved = Math.round(100 * (1 - compressed.bytes / original.bytes));
      reporter.line(`${name} ${sizes(original)} -> ${sizes(compressed)}  ${String(saved).padStart(3)} % saved`);
    }
  }
}

import { copyFile, link, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PixelpressClient } from '../client/index.js';
import { listResults } from './list-results.js';
import { writeFileWhole } from './write-file-whole.js';

/** Of the output CSV, beside the results. */
export const OUTPUT_NAME = 'output.csv';

export interface NameArguments {
  client: PixelpressClient;
  id: string;
  /** Of the results. */
  folder: string;
  /** What stands before every URL of a stored object. */
  objectsUrl: string;
}

/**
 * Gives what a request in this process has made the names of its products, and the output CSV, where there is one, the
 * URLs of these files. An image that stands in several products is named for each; the CSV names the first. Answers how
 * many files there are.
 */
export async function nameResults({ client, id, folder, objectsUrl }: NameArguments): Promise<number> {
  const named = new Map<string, string>();
  let count = 0;
  for await (const { path, url } of listResults(client, id, folder)) {
    await giveName(fileURLToPath(url), path);
    count++;
    if (!named.has(url)) named.set(url, pathToFileURL(path).href);
  }
  const request = await client.status(id);
  if (request.outputCsvUrl) {
    const text = Readable.from(await client.outputCsv(id)).setEncoding('utf8');
    await writeFileWhole(renamed(text, objectsUrl, named), join(folder, OUTPUT_NAME));
  }
  return count;
}

/** A second name for the same bytes; a copy where the file system has none. */
async function giveName(file: string, name: string): Promise<void> {
  await rm(name, { force: true });
  await link(file, name).catch(() => copyFile(file, name));
}

/** The text with the URLs of its objects replaced; it is cut where a line ends, so that no URL is parted. */
async function* renamed(pieces: AsyncIterable<string>, objectsUrl: string, named: ReadonlyMap<string, string>) {
  const object = new RegExp(`${objectsUrl.replace(/[^\w/]/g, '\\$&')}/[\\w./-]+`, 'g');
  const replace = (text: string) => text.replace(object, (url) => named.get(url) ?? url);
  let rest = '';
  for await (const piece of pieces) {
    rest += piece;
    const end = rest.lastIndexOf('\n') + 1;
    yield replace(rest.slice(0, end));
    rest = rest.slice(end);
  }
  yield replace(rest);
}

import { Readable } from 'node:stream';
import { parseOptions } from '../dist/domain/parse-options.js';

/** One request of so many images of an origin, each under its number, in this process from upload to end. */
export async function runRequest({ requests }, base, images) {
  const rows = Array.from({ length: images }, (_, n) => `${n},P,${base}/${n}.jpg`);
  const stream = Readable.from([Buffer.from(['No,Name,Images', ...rows].join('\n'))]);
  const file = { fileName: 'b.csv', stream, idempotencyKey: null };
  const { request } = await requests.uploadCsv('anonymous', file, { options: parseOptions({}) });
  let last;
  for await (const event of requests.watchRequest('anonymous', request._id)) last = event.request;
  if (last.counts.completed !== images) throw new Error(JSON.stringify(last));
}

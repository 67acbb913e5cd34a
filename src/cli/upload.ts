import { writeFile } from 'node:fs/promises';
import type { Client, RequestView } from './client.js';
import type { Reporter } from './reporter.js';

export interface UploadArguments {
  client: Client;
  file: string;
  options: object;
  watch: boolean;
  /** Where to write the output CSV; watches till it is there. */
  out: string | null;
  reporter: Reporter;
}

/** Sends a file to a running service. Answers the exit code. */
export async function upload({ client, file, options, watch, out, reporter }: UploadArguments): Promise<number> {
  const request = reporter.accepted(await client.uploadCsv(file, options));
  if (!watch && !out) return reporter.tell(request);
  let last = request;
  const code = await reporter.follow(remember(client.watch(request.id), (seen) => (last = seen)));
  if (out && last.outputCsvUrl) {
    await writeFile(out, await client.download(last.outputCsvUrl));
    reporter.line(`output CSV: ${out}`);
  }
  return code;
}

async function* remember(requests: AsyncIterable<RequestView>, keep: (request: RequestView) => void) {
  for await (const request of requests) {
    keep(request);
    yield request;
  }
}

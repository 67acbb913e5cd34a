import type { PixelpressClient } from '../client/index.js';
import { EXIT, exitCodeOf } from './exit-code.js';
import type { Reporter } from './reporter.js';
import { writeFileWhole } from './write-file-whole.js';

/** What is to be done with a request till its end. */
export interface FollowArguments {
  client: PixelpressClient;
  reporter: Reporter;
  stop: AbortSignal;
  /** Where to write the output CSV; null for nowhere. */
  out: string | null;
  /** What to tell a person who leaves before the end. */
  farewell: (id: string) => string;
}

/** Shows a request till its end, through lost connections, and writes its output CSV. Answers the exit code. */
export async function followRequest(
  id: string,
  { client, reporter, stop, out, farewell }: FollowArguments,
): Promise<number> {
  const last = await reporter.follow((onConnection) => client.watch(id, { signal: stop, onConnection }));
  if (stop.aborted || !last) {
    reporter.note(farewell(id));
    return EXIT.stopped;
  }
  if (out && last.outputCsvUrl) {
    await writeFileWhole(await client.outputCsv(id), out);
    reporter.line(`output CSV: ${out}`);
  }
  return exitCodeOf(last);
}

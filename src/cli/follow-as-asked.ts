import type { PixelpressClient } from '../client/index.js';
import { comeBack } from './come-back.js';
import type { Call } from './command.js';
import { EXIT } from './exit-code.js';
import { followRequest } from './follow-request.js';

/**
 * Follows a request of the service for as long as somebody reads of it, or to its end where `--out` names a file.
 * Answers the exit code.
 */
export async function followAsAsked(
  id: string,
  client: PixelpressClient,
  { values, reporter, stopSignal }: Pick<Call<'out' | 'server'>, 'values' | 'reporter' | 'stopSignal'>,
): Promise<number> {
  const out = values.out ?? null;
  // All that it does is to tell, unless there is a file to write.
  const stop = out ? stopSignal() : AbortSignal.any([stopSignal(), reporter.unread]);
  const code = await followRequest(id, { client, reporter, stop, out, farewell: comeBack(values) });
  return !out && reporter.unread.aborted ? EXIT.allMade : code;
}

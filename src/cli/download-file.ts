import { EXIT } from './exit-code.js';
import type { Reporter } from './reporter.js';
import { writeFileWhole } from './write-file-whole.js';

/** Writes one file of a request, and tells where it is. Answers the exit code. */
export async function downloadFile(
  content: ReadableStream<Uint8Array>,
  path: string,
  reporter: Reporter,
): Promise<number> {
  await writeFileWhole(content, path);
  reporter.result({ path });
  reporter.line(path);
  return EXIT.allMade;
}

/** Bytes that tell one kind of file from another. */
const LONGEST_START = 8;

export interface PeekedSource {
  /** The first bytes, as many as came together with the eight that were waited for; fewer where the file has no more. */
  start: Buffer;
  /** All bytes, those of `start` again. */
  source: AsyncGenerator<Uint8Array>;
}

/** Reads the first bytes of a file without taking them from it. */
export async function peekStart(source: AsyncIterable<Uint8Array>): Promise<PeekedSource> {
  const input = source[Symbol.asyncIterator]();
  let start = Buffer.alloc(0);
  while (start.length < LONGEST_START) {
    const { value, done } = await input.next();
    if (done) break;
    start = Buffer.concat([start, value]);
  }
  return { start, source: resume(start, input) };
}

async function* resume(start: Buffer, input: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (start.length > 0) yield start;
    for (;;) {
      const next = await input.next();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await input.return?.();
  }
}

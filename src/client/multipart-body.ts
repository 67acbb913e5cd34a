import type { CsvFile } from './csv-file.js';

/** The body of a POST, and what must be said beside it. */
export interface Body {
  body: string | FormData | ReadableStream<Uint8Array>;
  headers: Record<string, string>;
  /** Needed by fetch where the body is a stream. */
  duplex?: 'half';
  /** Where the body is a stream: what its bytes come from. */
  source?: BodySource;
}

export interface BodySource {
  /** What it failed with; a body that fails is told by fetch as a connection that was lost. */
  readonly failure: { error: unknown } | null;
  /** Nothing more is taken from it. */
  leave(): void;
}

/** An operation with a file, by the GraphQL multipart request specification. */
export function multipartBody(query: string, variables: object, { name, content }: CsvFile): Body {
  const operations = JSON.stringify({ query, variables: { ...variables, file: null } });
  const map = JSON.stringify({ 0: ['variables.file'] });
  if (!(content instanceof Blob)) return streamedBody({ operations, map }, name, content);
  const form = new FormData();
  form.set('operations', operations);
  form.set('map', map);
  form.set('0', content, name);
  return { body: form, headers: {} };
}

/** The same as a stream, so that a file that is still being made is in memory at no time: FormData takes whole ones. */
function streamedBody(fields: Record<string, string>, fileName: string, content: AsyncIterable<Uint8Array>): Body {
  const boundary = `pixelpress-${crypto.randomUUID()}`;
  const part = (disposition: string) => `--${boundary}\r\ncontent-disposition: form-data; ${disposition}`;
  const encoder = new TextEncoder();
  const pieces = content[Symbol.asyncIterator]();
  let failure: BodySource['failure'] = null;
  /** Past the generator, which does not hear of an end while it waits. */
  const leave = () => void Promise.resolve(pieces.return?.()).catch(() => undefined);
  async function* write() {
    for (const [name, value] of Object.entries(fields)) {
      yield encoder.encode(`${part(`name="${name}"`)}\r\n\r\n${value}\r\n`);
    }
    const file = `name="0"; filename="${escapeName(fileName)}"`;
    yield encoder.encode(`${part(file)}\r\ncontent-type: text/csv\r\n\r\n`);
    for (let piece = await pieces.next(); !piece.done; piece = await pieces.next()) yield piece.value;
    yield encoder.encode(`\r\n--${boundary}--\r\n`);
  }
  const chunks = write();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next().catch((error) => {
        failure = { error };
        throw error;
      });
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: leave,
  });
  const source = {
    get failure() {
      return failure;
    },
    leave,
  };
  return { body, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` }, duplex: 'half', source };
}

/** As browsers write it (the HTML standard, “multipart/form-data encoding algorithm”). */
function escapeName(name: string): string {
  return name.replace(/\r\n|[\r\n]/g, '%0D%0A').replaceAll('"', '%22');
}

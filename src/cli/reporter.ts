import type { PixelpressError, RequestStatusEvent, RequestView } from '../client/index.js';
import { printable } from '../domain/printable.js';
import { createProgress, type Progress } from './progress.js';
import { summary } from './summary.js';
import { createTerminal } from './terminal.js';

/** Tells a person, or a program with `--json`, how the work goes. */
export interface Reporter {
  json: boolean;
  /** Aborted where nobody reads any more what the command answers. */
  unread: AbortSignal;
  /** For a person only. Line breaks are kept: what others wrote goes through `printable` before. */
  line(text: string): void;
  /** For a person, beside what the command answers: where both are piped, it stands apart. */
  note(text: string): void;
  /** For a program only: one object on one line. */
  result(value: object): void;
  /** For both: how a request stands. */
  tell(request: RequestView): void;
  /** Shows a request as it advances. Answers its last state; null where it was left before the first. */
  follow(watch: Watch): Promise<RequestView | null>;
  /** Why the command ends with an error. */
  fail(error: PixelpressError): void;
}

/** Begins to watch a request; told when the connection is lost (an error) and back (null). */
export type Watch = (onConnection: (lost: PixelpressError | null) => void) => AsyncIterable<RequestStatusEvent>;

export function createReporter(json: boolean): Reporter {
  const terminal = createTerminal(process.stdout);
  const errorTerminal = createTerminal(process.stderr);
  const unread = new AbortController();
  process.stdout.once('error', () => unread.abort());
  /** As it is: with colours of ours. */
  const write = (stream: NodeJS.WriteStream, text: string) => {
    if (!json) stream.write(`${text}\n`);
  };
  const line = (text: string) => write(process.stdout, printableLines(text));
  const note = (text: string) => write(process.stderr, printableLines(text));
  const result = (value: object) => {
    if (json) process.stdout.write(`${objectLine(value)}\n`);
  };
  return {
    json,
    unread: unread.signal,
    line,
    note,
    result,
    tell(request) {
      result(request);
      write(process.stdout, summary(request, terminal));
    },
    async follow(watch) {
      // The bar is drawn on the error stream: what the command answers can be piped beside it.
      const progress = json ? objects(result) : createProgress(errorTerminal, line);
      let last: RequestView | null = null;
      try {
        for await (const { request } of watch((lost) => progress.connection(lost !== null))) {
          last = request;
          progress.update(request);
        }
      } finally {
        progress.stop();
      }
      if (last) write(process.stdout, summary(last, terminal));
      return last;
    },
    fail({ code, message, field, userErrors, userErrorCount }) {
      const refusal = userErrorCount > 0 ? { userErrors, userErrorCount } : {};
      result({ error: { code, message, ...(field && { field }), ...refusal } });
      for (const userError of userErrors) note(printable(userError.message));
      if (userErrorCount > userErrors.length) note(`… and ${userErrorCount - userErrors.length} more`);
      const told = userErrorCount > 0 ? 'The file was refused; nothing was kept of it.' : printable(message);
      write(process.stderr, errorTerminal.color('red', told));
    },
  };
}

/** Lines of ours begin where there is a line break, and nothing else of a terminal is obeyed. */
function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** JSON lets the control characters beyond ASCII stand as they are. */
function objectLine(value: object): string {
  return JSON.stringify(value).replace(/\p{Cc}/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Each step as an object. */
function objects(result: (value: object) => void): Progress {
  return { update: result, connection: () => undefined, stop: () => undefined };
}

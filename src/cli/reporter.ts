import type { PixelpressError, RequestStatusEvent, RequestView } from '../client/index.js';
import { createProgress, type Progress } from './progress.js';
import { summary } from './summary.js';
import { createTerminal } from './terminal.js';

/** Tells a person, or a program with `--json`, how the work goes. */
export interface Reporter {
  json: boolean;
  /** For a person only. */
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
  const line = (text: string) => {
    if (!json) process.stdout.write(`${text}\n`);
  };
  const note = (text: string) => {
    if (!json) process.stderr.write(`${text}\n`);
  };
  const result = (value: object) => {
    if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
  };
  return {
    json,
    line,
    note,
    result,
    tell(request) {
      result(request);
      line(summary(request, terminal));
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
      if (last) line(summary(last, terminal));
      return last;
    },
    fail({ code, message, field, userErrors, userErrorCount }) {
      const refusal = userErrorCount > 0 ? { userErrors, userErrorCount } : {};
      result({ error: { code, message, ...(field && { field }), ...refusal } });
      for (const userError of userErrors) note(userError.message);
      if (userErrorCount > userErrors.length) note(`… and ${userErrorCount - userErrors.length} more`);
      const told = userErrorCount > 0 ? 'The file was refused; nothing was kept of it.' : message;
      note(errorTerminal.color('red', told));
    },
  };
}

/** Each step as an object. */
function objects(result: (value: object) => void): Progress {
  return { update: result, connection: () => undefined, stop: () => undefined };
}

import { SingleBar } from 'cli-progress';
import { ClientError, type RequestView, type UploadView } from './client.js';

const SOME_FAILED = 2;
/** Between two plain lines, in milliseconds, where there is no terminal to draw on. */
const LINE_EVERY_MS = 2_000;

/** Tells a person, or a program with `--json`, how the work goes. */
export interface Reporter {
  json: boolean;
  line(text: string): void;
  result(value: object): void;
  /** Shows a request until its end. Answers the exit code. */
  follow(requests: AsyncIterable<RequestView>): Promise<number>;
  tell(request: RequestView): number;
  /** @throws ClientError where the file was refused */
  accepted(upload: UploadView): RequestView;
}

export function createReporter(json: boolean): Reporter {
  const line = (text: string) => {
    if (!json) process.stdout.write(`${text}\n`);
  };
  const result = (value: object) => {
    if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
  };
  return {
    json,
    line,
    result,
    async follow(requests) {
      const show = json ? silent() : process.stdout.isTTY ? drawBar() : writeLines(line);
      let last: RequestView | null = null;
      for await (const request of requests) {
        last = request;
        show.update(request);
      }
      show.stop();
      if (!last) throw new ClientError('Nothing is known of the request.');
      result(last);
      line(summary(last));
      return exitCode(last);
    },
    tell(request) {
      result(request);
      line(summary(request));
      return 0;
    },
    accepted({ request, userErrors, userErrorCount }) {
      for (const { message } of userErrors) line(message);
      if (userErrorCount > userErrors.length) line(`… and ${userErrorCount - userErrors.length} more`);
      if (request) return request;
      result({ userErrors, userErrorCount });
      throw new ClientError('The file was refused; nothing was kept of it.');
    },
  };
}

interface Show {
  update(request: RequestView): void;
  stop(): void;
}

function silent(): Show {
  return { update: () => undefined, stop: () => undefined };
}

function drawBar(): Show {
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {value}/{total} images | {rate}/s | {left} | {saved} saved',
  });
  let started = false;
  return {
    update(request) {
      const total = request.counts.total ?? 0;
      const shown = {
        rate: (request.imagesPerSecond ?? 0).toFixed(1),
        left: request.estimatedSecondsLeft === null ? '' : `${request.estimatedSecondsLeft} s left`,
        saved: kilobytes(request.bytes.saved),
      };
      if (!started) bar.start(total, ended(request), shown);
      started = true;
      bar.setTotal(total);
      bar.update(ended(request), shown);
    },
    stop: () => bar.stop(),
  };
}

function writeLines(line: (text: string) => void): Show {
  let last = 0;
  return {
    update(request) {
      if (Date.now() - last < LINE_EVERY_MS) return;
      last = Date.now();
      line(`${Math.round(request.progress * 100)} % | ${ended(request)}/${request.counts.total ?? '?'} images`);
    },
    stop: () => undefined,
  };
}

function ended({ counts }: RequestView): number {
  return counts.completed + counts.failed + counts.cancelled;
}

function exitCode({ status, counts }: RequestView): number {
  if (status === 'COMPLETED' && counts.failed === 0) return 0;
  return status === 'COMPLETED' || status === 'FAILED' ? SOME_FAILED : 1;
}

function summary({ id, status, counts, bytes, error }: RequestView): string {
  const reason = error ? `\n${error.message}` : '';
  const share = bytes.original > 0 ? ` (${Math.round((100 * bytes.saved) / bytes.original)} %)` : '';
  return `${status.toLowerCase()}: ${counts.completed} made, ${counts.failed} failed, ${counts.cancelled} cancelled; ${kilobytes(bytes.saved)} saved${share}\nrequest ${id}${reason}`;
}

export function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(bytes < 102_400 ? 1 : 0)} KB`;
}

import { Presets, SingleBar } from 'cli-progress';
import type { RequestView } from '../client/index.js';
import { kilobytes } from './kilobytes.js';
import type { Terminal } from './terminal.js';

/** Between two plain lines, in milliseconds, where there is no terminal to draw on. */
const LINE_EVERY_MS = 2_000;
const LOST = 'connection lost, trying again';
/** Columns of the bar, and those that its figures may need beside it: what is beyond the terminal's width is cut off. */
const LEAST_BAR = 5;
const LONGEST_BAR = 40;
const FIGURES = 72;

/** Shows how a request advances. */
export interface Progress {
  update(request: RequestView): void;
  /** The connection is lost, or back. */
  connection(isLost: boolean): void;
  stop(): void;
}

/** A bar on a terminal, plain lines elsewhere. */
export function createProgress(terminal: Terminal, line: (text: string) => void): Progress {
  return terminal.canDraw ? drawBar(terminal) : writeLines(line);
}

function drawBar({ color, columns }: Terminal): Progress {
  const format = `${color('green', '{bar}')} {percentage}% | {value}/{total} images | {rate}/s | {left} | {saved} saved`;
  const barsize = Math.max(LEAST_BAR, Math.min(LONGEST_BAR, columns - FIGURES));
  const bar = new SingleBar({ format, barsize, hideCursor: true, emptyOnZero: true }, Presets.shades_classic);
  let isStarted = false;
  return {
    update(request) {
      const total = request.counts.total ?? 0;
      const shown = {
        rate: (request.imagesPerSecond ?? 0).toFixed(1),
        left: timeLeft(request),
        saved: kilobytes(request.bytes.saved),
      };
      if (!isStarted) bar.start(total, ended(request), shown);
      isStarted = true;
      bar.setTotal(total);
      bar.update(ended(request), shown);
    },
    connection: (isLost) => isLost && isStarted && bar.update({ left: color('yellow', LOST) }),
    stop: () => bar.stop(),
  };
}

function writeLines(line: (text: string) => void): Progress {
  let last = 0;
  return {
    update(request) {
      if (Date.now() - last < LINE_EVERY_MS) return;
      last = Date.now();
      const { progress, counts, imagesPerSecond } = request;
      const rate = imagesPerSecond === null ? '' : ` | ${imagesPerSecond.toFixed(1)}/s | ${timeLeft(request)}`;
      line(`${Math.round(progress * 100)} % | ${ended(request)}/${counts.total ?? '?'} images${rate}`);
    },
    connection: (isLost) => line(isLost ? LOST : 'connected again'),
    stop: () => undefined,
  };
}

function ended({ counts }: RequestView): number {
  return counts.completed + counts.failed + counts.cancelled;
}

function timeLeft({ estimatedSecondsLeft, finishedAt }: RequestView): string {
  if (finishedAt) return 'ended';
  if (estimatedSecondsLeft === null) return 'time left not known';
  const minutes = Math.floor(estimatedSecondsLeft / 60);
  return `${minutes > 0 ? `${minutes} min ` : ''}${estimatedSecondsLeft % 60} s left`;
}

import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

/** How text may look on one stream of this process. */
export interface Terminal {
  /** Whether lines can be drawn over again. */
  canDraw: boolean;
  color(name: 'green' | 'yellow' | 'red', text: string): string;
}

/** Colour only on a terminal that has some, and never where NO_COLOR is set (https://no-color.org). */
export function createTerminal(stream: WriteStream): Terminal {
  const isTerminal = Boolean(stream.isTTY) && process.env['TERM'] !== 'dumb';
  const hasColor = isTerminal && !process.env['NO_COLOR'] && stream.hasColors();
  return { canDraw: isTerminal, color: (name, text) => (hasColor ? styleText(name, text) : text) };
}

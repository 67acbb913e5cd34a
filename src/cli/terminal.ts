import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

/** How text may look on one stream of this process. */
export interface Terminal {
  /** Whether lines can be drawn over again. */
  canDraw: boolean;
  /** Its width; that of most where it is not told. */
  columns: number;
  color(name: 'green' | 'yellow' | 'red', text: string): string;
}

const USUAL_COLUMNS = 80;

/** Colour only on a terminal that has some, and never where NO_COLOR is set (https://no-color.org). */
export function createTerminal(stream: WriteStream): Terminal {
  const isTerminal = Boolean(stream.isTTY) && process.env['TERM'] !== 'dumb';
  const hasColor = isTerminal && !process.env['NO_COLOR'] && stream.hasColors();
  return {
    canDraw: isTerminal,
    columns: stream.columns || USUAL_COLUMNS,
    color: (name, text) => (hasColor ? styleText(name, text) : text),
  };
}

import { MAX_COLUMNS } from '../../domain/limits.js';
import { readXml } from './xml-reader.js';

/** Formats of dates and times that Excel brings with it (ECMA-376, 18.8.30), those of East Asia among them. */
const BUILT_IN: readonly (readonly [number, number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
];
/** Excel itself has at most 65,490 styles. */
const MAX_STYLES = 64 * MAX_COLUMNS;

/** The numbers of the cell styles that show a number as a date or a time. */
export async function readDateStyles(source: AsyncIterable<Buffer>): Promise<ReadonlySet<number>> {
  const formats = new Map<number, boolean>();
  const dates = new Set<number>();
  let isCellStyle = false;
  let style = 0;
  const reading = readXml(source, {
    open(tag, attributes) {
      if (tag === 'numFmt' && formats.size < MAX_STYLES) {
        formats.set(Number(attributes['numFmtId']), isDateFormat(attributes['formatCode'] ?? ''));
      } else if (tag === 'cellXfs') isCellStyle = true;
      else if (tag === 'xf' && isCellStyle && style < MAX_STYLES) {
        const format = Number(attributes['numFmtId']);
        if (formats.get(format) ?? BUILT_IN.some(([from, to]) => format >= from && format <= to)) dates.add(style);
        style++;
      }
    },
    close(tag) {
      if (tag === 'cellXfs') isCellStyle = false;
    },
  });
  for await (const _ of reading);
  return dates;
}

/** Whether a format shows parts of a date, in what is neither quoted, nor escaped, nor a colour in brackets; [hh] is hours. */
function isDateFormat(code: string): boolean {
  return /[ymdhs]/i.test(code.replace(/"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]/gi, ''));
}

const DAY_SECONDS = 86_400;
/** Days from the two beginnings of Excel's count to 1970. */
const DAYS_TO_1970 = { from1900: 25_569, from1904: 24_107 };
/** The last day that Excel shows, 9999-12-31. */
const MAX_DAY = 2_958_466;

/** A number as Excel shows it where it has no format: 0.1, where the file may hold 0.10000000000000001. */
export function numberText(text: string): string {
  const number = Number(text);
  return text === '' || !Number.isFinite(number) ? text : String(number);
}

/** A day of Excel's count as `2026-11-24`, `2026-11-24 09:30:00` or `09:30:00`. */
export function dateText(text: string, isFrom1904: boolean): string {
  const day = Number(text);
  if (text === '' || !(day >= 0 && day < MAX_DAY)) return text;
  const toUnix = isFrom1904 ? DAYS_TO_1970.from1904 : DAYS_TO_1970.from1900;
  const iso = new Date(Math.round((day - toUnix) * DAY_SECONDS) * 1_000).toISOString();
  const [date = '', time = ''] = iso.slice(0, 19).split('T');
  if (day < 1) return time;
  return time === '00:00:00' ? date : `${date} ${time}`;
}

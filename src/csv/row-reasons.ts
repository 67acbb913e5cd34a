import type { ParsedRow } from './parse-row.js';

/**
 * Why a row, or some of its images, could not be made, in sentences for a cell; empty where all was.
 * @param errorOf why the image of a URL could not be made; null where it was
 */
export function rowReasons({ errors, imageUrls }: ParsedRow, errorOf: (url: string) => string | null): string {
  if (errors.length > 0) return errors.map((error) => error.message).join(' | ');
  const reasons = imageUrls.flatMap((url) => {
    const error = errorOf(url);
    return error === null ? [] : [`${url} ${error}`];
  });
  return reasons.join(' | ');
}

/** `1 image`, `2 images`. */
export function countThings(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

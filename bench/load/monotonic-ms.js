/** Of the machine's clock that only goes forward: the same in all processes, unlike `performance.now()`. */
export function monotonicMs() {
  return Number(process.hrtime.bigint()) / 1e6;
}

import { formatThings } from '../format/numbers.js';
import type { CsvProblem } from './csv-problem.js';
import { CsvProblems } from './csv-problems.js';

/** What was repaired on reading a file: it is taken, but may not be what was meant. `count` may be more than are named. */
export function CsvWarnings({ warnings, count }: { warnings: readonly CsvProblem[]; count: number }) {
  return (
    <details className="card skipped">
      <summary>{formatThings(count, 'thing was', 'things were')} repaired on reading the file</summary>
      <CsvProblems problems={warnings} count={count} title="What was repaired" />
    </details>
  );
}

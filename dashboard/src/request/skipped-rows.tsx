import { formatThings } from '../format/numbers.js';
import type { CsvProblem } from '../upload/csv-problem.js';
import { CsvProblems } from '../upload/csv-problems.js';

/** The rows that were left out of the file. */
export function SkippedRows({ rows, count }: { rows: readonly CsvProblem[]; count: number }) {
  return (
    <details className="card skipped">
      <summary>{formatThings(count, 'row was', 'rows were')} left out of the file</summary>
      <CsvProblems problems={rows} count={count} />
    </details>
  );
}

import { formatCount } from '../format/numbers.js';
import type { CsvProblem } from './csv-problem.js';

/** What is wrong with a CSV, by row and column. `count` may be more than are named. */
export function CsvProblems({ problems, count }: { problems: readonly CsvProblem[]; count: number }) {
  return (
    // A long table scrolls within itself; with the keyboard too, so it takes the focus.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keyboard
    <section className="table-scroll" tabIndex={0} aria-label="What is wrong with the file">
      <table className="problems">
        <thead>
          <tr>
            <th scope="col">Row</th>
            <th scope="col">Column</th>
            <th scope="col">What is wrong</th>
          </tr>
        </thead>
        <tbody>
          {problems.map(({ code, row, column, message }) => (
            <tr key={`${row} ${column} ${code} ${message}`}>
              <td className="number">{row ?? 'whole file'}</td>
              <td>{column ?? '–'}</td>
              <td>{message}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {count > problems.length && (
        <p className="muted table-more">… and {formatCount(count - problems.length)} more.</p>
      )}
    </section>
  );
}

import { formatCount } from '../format/numbers.js';
import type { CsvProblem } from './csv-problem.js';

interface Props {
  problems: readonly CsvProblem[];
  /** May be more than are named. */
  count: number;
  /** What all of them are. */
  title?: string;
}

/** What is wrong with a CSV, by row and column. */
export function CsvProblems({ problems, count, title = 'What is wrong' }: Props) {
  return (
    // A long table scrolls within itself; with the keyboard too, so it takes the focus.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keyboard
    <section className="table-scroll" tabIndex={0} aria-label={`${title}, by row`}>
      <table className="problems">
        <thead>
          <tr>
            <th scope="col">Row</th>
            <th scope="col">Column</th>
            <th scope="col">{title}</th>
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

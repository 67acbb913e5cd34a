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
    <div className="problems">
      {/* A long table scrolls within itself; with the keyboard too, so it takes the focus. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keyboard */}
      <section className="table-scroll" tabIndex={0} aria-label={`${title}, by row`}>
        <table>
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
                <td>{withoutRow(message)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="muted problems__note">
        {count > problems.length && `The first ${problems.length} of ${formatCount(count)} are shown. `}
        {problems.some(({ row }) => row !== null) && 'Row 1 is the first one under the header.'}
      </p>
    </div>
  );
}

/** The row stands in a column of its own. */
function withoutRow(message: string): string {
  return message.replace(/^Row \d+: /, '');
}

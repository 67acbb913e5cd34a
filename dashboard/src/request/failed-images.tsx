import { useMutation } from 'urql';
import { formatThings } from '../format/numbers.js';
import { outputFileName } from '../format/output-file-name.js';
import { type RequestDetailsFragment, RetryFailedImagesDocument } from '../generated/graphql.js';
import { Failure } from '../shell/failure.js';
import { DownloadLink } from './download-link.js';

/** What an ended request lacks, and what can be done about it; nothing where it lacks nothing. */
export function FailedImages({ request }: { request: RequestDetailsFragment }) {
  const { id, fileName, counts, skippedRowCount, errorsCsvUrl } = request;
  const [{ fetching, error }, retryFailedImages] = useMutation(RetryFailedImagesDocument);
  const { failed, cancelled } = counts;
  const lacks = [
    ...(failed > 0 ? [`${formatThings(failed, 'image')} could not be made`] : []),
    ...(cancelled > 0 ? [`${formatThings(cancelled, 'image was', 'images were')} not begun`] : []),
    ...(skippedRowCount > 0 ? [`${formatThings(skippedRowCount, 'row was', 'rows were')} left out`] : []),
  ];
  if (lacks.length === 0) return null;
  return (
    <section className="notice" aria-label="What is missing">
      <div className="notice__text">
        <p className="notice__title">{lacks.join(', ')}.</p>
        {errorsCsvUrl && (
          <p className="muted">
            “Rows to mend” is a CSV of just these rows with the reasons, to be mended and uploaded again.
          </p>
        )}
      </div>
      <div className="actions">
        {failed > 0 && (
          <button type="button" className="button" disabled={fetching} onClick={() => void retryFailedImages({ id })}>
            Try {formatThings(failed, 'failed image')} again
          </button>
        )}
        {errorsCsvUrl && (
          <DownloadLink url={errorsCsvUrl} fileName={outputFileName(fileName, 'errors.csv')} className="button">
            Rows to mend
          </DownloadLink>
        )}
      </div>
      {error && <Failure error={error} />}
    </section>
  );
}

import { useMutation } from 'urql';
import { formatBytes, formatThings } from '../format/numbers.js';
import { formatTime } from '../format/times.js';
import { CancelRequestDocument, type RequestDetailsFragment } from '../generated/graphql.js';
import { progressOf } from '../progress/progress-of.js';
import { StatusBadge } from '../progress/status-badge.js';
import { navigate } from '../routing/navigate.js';
import { HOME } from '../routing/route.js';
import { Failure } from '../shell/failure.js';
import { PageTitle } from '../shell/page-title.js';
import { DeleteButton } from './delete-button.js';
import { DownloadLink } from './download-link.js';
import { ResultLinks } from './result-links.js';

/** The name of a request, and what can be done with it now. */
export function RequestHead({ request }: { request: RequestDetailsFragment }) {
  const { id, fileName, fileBytes, status, createdAt, counts, dialect, inputCsvUrl } = request;
  const { isOpen } = progressOf(request);
  const [cancelling, cancelRequest] = useMutation(CancelRequestDocument);
  return (
    <header className="request-head">
      <div className="request-head__title">
        <PageTitle>{fileName}</PageTitle>
        <StatusBadge status={status} />
      </div>
      <p className="muted">
        Taken <time dateTime={createdAt}>{formatTime(createdAt)}</time> ·{' '}
        {formatThings(counts.rows, dialect === 'SHOPIFY' ? 'row' : 'product')} · {formatBytes(fileBytes)}
      </p>
      <div className="actions">
        <ResultLinks request={request} />
        {isOpen && (
          <button
            type="button"
            className="button"
            disabled={status === 'CANCELLING' || cancelling.fetching}
            onClick={() => void cancelRequest({ id })}
          >
            {status === 'CANCELLING' ? 'Cancelling…' : 'Cancel'}
          </button>
        )}
        <div className="actions__aside">
          <DownloadLink url={inputCsvUrl} fileName={fileName} className="button button--quiet">
            {fileName.endsWith('.xlsx') ? 'Input file' : 'Input CSV'}
          </DownloadLink>
          {!isOpen && (
            <DeleteButton
              id={id}
              fileName={fileName}
              className="button button--quiet"
              onDeleted={() => navigate(HOME)}
            />
          )}
        </div>
      </div>
      {cancelling.error && <Failure error={cancelling.error} />}
    </header>
  );
}

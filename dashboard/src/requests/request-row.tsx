import { useWatch } from '../api/use-watch.js';
import { outputFileName } from '../format/output-file-name.js';
import { formatAgo, formatTime } from '../format/times.js';
import { type RequestSummaryFragment, WatchSummaryDocument } from '../generated/graphql.js';
import { ProgressBar } from '../progress/progress-bar.js';
import { progressOf } from '../progress/progress-of.js';
import { StatusBadge } from '../progress/status-badge.js';
import { DeleteButton } from '../request/delete-button.js';
import { DownloadLink } from '../request/download-link.js';
import { hrefOf } from '../routing/route.js';
import { focusListTitle } from './focus-list-title.js';
import { summaryParts } from './summary-parts.js';

/** One request of the list; while it is open it is watched, and what is heard reaches it through the cache. */
export function RequestRow({ request }: { request: RequestSummaryFragment }) {
  const { id, fileName, status, createdAt, progress, outputCsvUrl } = request;
  const { isOpen, made, failed } = progressOf(request);
  useWatch(WatchSummaryDocument, id, isOpen);
  return (
    <li className="request-row">
      <div className="request-row__head">
        <a className="request-row__name" href={hrefOf({ page: 'request', id, status: null, image: null })}>
          {fileName}
        </a>
        <StatusBadge status={status} />
        <time className="muted request-row__time" dateTime={createdAt} title={formatTime(createdAt)}>
          {formatAgo(createdAt, new Date())}
        </time>
      </div>
      {isOpen && (
        <ProgressBar
          label={`${fileName}: progress`}
          progress={progress}
          made={made}
          failed={failed}
          waiting={status === 'PENDING'}
        />
      )}
      <div className="request-row__foot">
        <p className="request-row__facts">
          {summaryParts(request).map(({ text, bad }) => (
            <span key={text} className={bad ? 'fact fact--bad' : 'fact'}>
              {text}
            </span>
          ))}
        </p>
        {!isOpen && (
          <div className="request-row__actions">
            {outputCsvUrl && (
              <DownloadLink
                url={outputCsvUrl}
                fileName={outputFileName(fileName)}
                label={`Output CSV of ${fileName}`}
                className="button button--small"
              >
                Output CSV
              </DownloadLink>
            )}
            <DeleteButton
              id={id}
              fileName={fileName}
              className="button button--small button--quiet"
              onDeleted={focusListTitle}
            />
          </div>
        )}
      </div>
    </li>
  );
}

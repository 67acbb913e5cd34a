import { ImageGallery } from '../images/image-gallery.js';
import { progressOf } from '../progress/progress-of.js';
import { HOME, hrefOf, type RequestRoute } from '../routing/route.js';
import { Failure } from '../shell/failure.js';
import { NotFound } from '../shell/not-found.js';
import { CsvWarnings } from '../upload/csv-warnings.js';
import { FailedImages } from './failed-images.js';
import { RequestHead } from './request-head.js';
import { RequestProgress } from './request-progress.js';
import { RequestSettings } from './request-settings.js';
import { RequestSkeleton } from './request-skeleton.js';
import { SkippedRows } from './skipped-rows.js';
import { useAnnouncements } from './use-announcements.js';
import { useRequest } from './use-request.js';

/** One request: how far it is, what can be done with it, and its images. */
export function RequestPage({ route }: { route: RequestRoute }) {
  const { request, error, ask } = useRequest(route.id);
  useAnnouncements(request);
  if (request === null) return <NotFound what="request" />;
  if (!request) return error ? <Failure error={error} onRetry={ask} /> : <RequestSkeleton />;
  const { isOpen, total } = progressOf(request);
  return (
    <>
      <a className="back-link" href={hrefOf(HOME)}>
        ← All requests
      </a>
      <RequestHead request={request} />
      {request.error && (
        <p className="failure" role="alert">
          {request.error.message}
        </p>
      )}
      <RequestProgress request={request} />
      {!isOpen && <FailedImages request={request} />}
      {request.skippedRowCount > 0 && <SkippedRows rows={request.skippedRows} count={request.skippedRowCount} />}
      {request.warningCount > 0 && <CsvWarnings warnings={request.warnings} count={request.warningCount} />}
      <RequestSettings request={request} />
      <ImageGallery route={route} counts={request.counts} total={total} isOpen={isOpen} />
    </>
  );
}

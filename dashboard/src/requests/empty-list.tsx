import type { RequestStatus } from '../generated/graphql.js';
import { STATUS_NAMES } from '../progress/status-names.js';

/** Stands where there is no request to show. */
export function EmptyList({ status }: { status: RequestStatus | null }) {
  return (
    <div className="empty">
      <p className="empty__title">{status ? `No request is “${STATUS_NAMES[status]}”.` : 'No requests yet.'}</p>
      <p className="muted">
        {status ? 'Choose another filter above.' : 'Drop a CSV above: each file becomes a request, and shows up here.'}
      </p>
    </div>
  );
}

import type { RequestStatus } from '../generated/graphql.js';
import { STATUS_NAMES } from './status-names.js';

/** The state of a request, in a word and a colour. */
export function StatusBadge({ status }: { status: RequestStatus }) {
  return <span className={`badge badge--${status.toLowerCase()}`}>{STATUS_NAMES[status]}</span>;
}

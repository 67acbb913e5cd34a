import type { RequestStatus } from '../generated/graphql.js';

/** The states of a request as a shop owner calls them. */
export const STATUS_NAMES: Readonly<Record<RequestStatus, string>> = {
  PENDING: 'Waiting',
  PROCESSING: 'In progress',
  CANCELLING: 'Stopping',
  COMPLETED: 'Done',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
};

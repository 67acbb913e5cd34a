import type { Counts } from './counts.js';

export const RequestStatus = {
  PENDING: 'PENDING',
  PROCESSING: 'PROCESSING',
  CANCELLING: 'CANCELLING',
  COMPLETED: 'COMPLETED',
  FAILED: 'FAILED',
  CANCELLED: 'CANCELLED',
} as const;
export type RequestStatus = (typeof RequestStatus)[keyof typeof RequestStatus];

export const OPEN_STATUSES = ['PENDING', 'PROCESSING', 'CANCELLING'] as const satisfies readonly RequestStatus[];
export const TERMINAL_STATUSES = ['COMPLETED', 'FAILED', 'CANCELLED'] as const satisfies readonly RequestStatus[];
export type TerminalStatus = (typeof TERMINAL_STATUSES)[number];

export function isTerminal(status: RequestStatus): status is TerminalStatus {
  return (TERMINAL_STATUSES as readonly RequestStatus[]).includes(status);
}

/** The state in which a request ends whose images have all ended. */
export function terminalStatus(status: 'PROCESSING' | 'CANCELLING', counts: Counts): TerminalStatus {
  if (status === 'CANCELLING') return RequestStatus.CANCELLED;
  return counts.completed > 0 ? RequestStatus.COMPLETED : RequestStatus.FAILED;
}

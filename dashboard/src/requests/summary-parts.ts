import { formatBytes, formatSavedShare, formatThings } from '../format/numbers.js';
import { formatDuration } from '../format/times.js';
import type { RequestSummaryFragment } from '../generated/graphql.js';
import { progressOf } from '../progress/progress-of.js';

interface Part {
  text: string;
  bad?: boolean;
}

/** A request in a line: what was made, what failed, what was saved, how long it will take. */
export function summaryParts(request: RequestSummaryFragment): Part[] {
  const { counts, bytes, error, estimatedSecondsLeft } = request;
  const { isOpen, total } = progressOf(request);
  const parts: Part[] = [{ text: `${counts.completed} of ${formatThings(total, 'image')}` }];
  if (counts.failed > 0) parts.push({ text: `${counts.failed} failed`, bad: true });
  if (counts.cancelled > 0) parts.push({ text: `${counts.cancelled} not begun` });
  if (bytes.saved > 0) {
    const share = formatSavedShare(bytes.original, bytes.compressed);
    parts.push({ text: `${formatBytes(bytes.saved)} saved (${share})` });
  }
  if (isOpen && estimatedSecondsLeft) parts.push({ text: `about ${formatDuration(estimatedSecondsLeft)} left` });
  if (error) parts.push({ text: error.message, bad: true });
  return parts;
}

import type { RequestView } from '../client/index.js';
import { printable } from '../domain/printable.js';
import { countThings } from './count-things.js';
import { kilobytes } from './kilobytes.js';
import type { Terminal } from './terminal.js';

/** How a request stands, in two or three lines for a person. */
export function summary(request: RequestView, { color }: Terminal): string {
  const { id, status, counts, bytes, similarity, error, finishedAt } = request;
  const share = bytes.original > 0 ? ` (${Math.round((100 * bytes.saved) / bytes.original)} %)` : '';
  const saved = `${kilobytes(bytes.saved)} saved${share}`;
  const colorOf = status === 'FAILED' ? 'red' : status === 'COMPLETED' && counts.failed === 0 ? 'green' : 'yellow';
  const alike = similarity ? `; similarity ${similarity.mean} (worst ${similarity.worst})` : '';
  const ended = `${counts.completed} made, ${counts.failed} failed, ${counts.cancelled} cancelled; ${saved}${alike}`;
  const open = `${counts.completed} of ${countThings(counts.total ?? counts.imageUrls, 'image')} made, ${counts.failed} failed`;
  return [
    `${color(colorOf, status.toLowerCase())}: ${finishedAt ? ended : open}`,
    `request ${id}`,
    ...(error ? [printable(error.message)] : []),
  ].join('\n');
}

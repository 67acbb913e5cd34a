import type { RequestStatus } from '../generated/graphql.js';
import { STATUS_NAMES } from '../progress/status-names.js';
import { HOME, hrefOf, type ListRoute } from '../routing/route.js';

/** `CANCELLING` is left out: it lasts for seconds. */
const CHOICES: readonly (RequestStatus | null)[] = [null, 'PENDING', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED'];

/** Which requests the list shows. */
export function StatusFilter({ route }: { route: ListRoute }) {
  return (
    <nav className="filter" aria-label="Filter requests">
      {CHOICES.map((status) => (
        <a
          key={status ?? 'all'}
          className="filter__choice"
          href={hrefOf({ ...HOME, status })}
          aria-current={route.status === status ? 'true' : undefined}
        >
          {status ? STATUS_NAMES[status] : 'All'}
        </a>
      ))}
    </nav>
  );
}

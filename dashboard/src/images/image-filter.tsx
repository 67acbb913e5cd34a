import { formatCount } from '../format/numbers.js';
import type { ImageStatus, RequestSummaryFragment } from '../generated/graphql.js';
import { hrefOf, type RequestRoute } from '../routing/route.js';
import { imageCount } from './image-count.js';

interface Props {
  route: RequestRoute;
  counts: RequestSummaryFragment['counts'];
  total: number;
}

interface Choice {
  status: ImageStatus | null;
  name: string;
}

const CHOICES: readonly Choice[] = [
  { status: null, name: 'All' },
  { status: 'COMPLETED', name: 'Compressed' },
  { status: 'FAILED', name: 'Failed' },
  { status: 'CANCELLED', name: 'Not begun' },
];

/** Which images are shown. */
export function ImageFilter({ route, counts, total }: Props) {
  return (
    <nav className="filter" aria-label="Filter images">
      {CHOICES.filter(({ status }) => status !== 'CANCELLED' || counts.cancelled > 0).map(({ status, name }) => (
        <a
          key={name}
          className="filter__choice"
          href={hrefOf({ ...route, image: null, status })}
          aria-current={route.status === status ? 'true' : undefined}
        >
          {name} <span className="filter__count">{formatCount(imageCount(counts, total, status))}</span>
        </a>
      ))}
    </nav>
  );
}

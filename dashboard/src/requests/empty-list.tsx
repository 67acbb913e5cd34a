import type { RequestStatus } from '../generated/graphql.js';
import { STATUS_NAMES } from '../progress/status-names.js';

/** The way of a file, told where there is none yet. */
const STEPS = [
  ['Drop a file above', 'It is checked at once, row by row, before anything is done.'],
  ['Watch it', 'Its images appear as they are finished, each before and after.'],
  ['Take it home', 'Your file with the new URLs, or all images as a ZIP.'],
] as const;

/** Stands where there is no request to show. */
export function EmptyList({ status }: { status: RequestStatus | null }) {
  if (status) {
    return (
      <div className="empty">
        <p className="empty__title">No request is “{STATUS_NAMES[status]}”.</p>
        <p className="muted">Choose another filter above.</p>
      </div>
    );
  }
  return (
    <div className="empty">
      <p className="empty__title">No requests yet.</p>
      <ol className="steps">
        {STEPS.map(([title, text]) => (
          <li key={title}>
            <p className="steps__title">{title}</p>
            <p className="muted">{text}</p>
          </li>
        ))}
      </ol>
    </div>
  );
}

import { formatThings } from '../format/numbers.js';
import { HOME, hrefOf, type ListRoute } from '../routing/route.js';
import { Failure } from '../shell/failure.js';
import { EmptyList } from './empty-list.js';
import { ListSkeleton } from './list-skeleton.js';
import { RequestRow } from './request-row.js';
import { useRequestList } from './use-request-list.js';

/** Requests, newest first, a page at a time; those that are open move by themselves. */
export function RequestList({ route }: { route: ListRoute }) {
  const { page, error, ask } = useRequestList(route);
  if (!page) return error ? <Failure error={error} onRetry={ask} /> : <ListSkeleton />;
  const { nodes, pageInfo, totalCount } = page;
  const isFirst = !route.after && !(route.before && pageInfo.hasPreviousPage);
  return (
    <>
      {nodes.length === 0 && <EmptyList status={route.status} />}
      <ul className="request-rows">
        {nodes.map((request) => (
          <RequestRow key={request.id} request={request} />
        ))}
      </ul>
      <nav className="pager" aria-label="Pages of requests">
        <span className="muted">{totalCount > 0 && formatThings(totalCount, 'request')}</span>
        {!isFirst && (
          <a className="button button--small" href={hrefOf({ ...HOME, status: route.status })}>
            Newest
          </a>
        )}
        {pageInfo.hasPreviousPage && (
          <a className="button button--small" href={hrefOf({ ...route, after: null, before: pageInfo.startCursor })}>
            Newer
          </a>
        )}
        {pageInfo.hasNextPage && (
          <a className="button button--small" href={hrefOf({ ...route, before: null, after: pageInfo.endCursor })}>
            Older
          </a>
        )}
      </nav>
    </>
  );
}

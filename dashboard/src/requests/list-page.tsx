import { hrefOf, type ListRoute } from '../routing/route.js';
import { PageTitle } from '../shell/page-title.js';
import { UploadPanel } from '../upload/upload-panel.js';
import { RequestList } from './request-list.js';
import { StatusFilter } from './status-filter.js';
import { useFocusAfterPaging } from './use-focus-after-paging.js';

/** The first page: a new CSV, and the requests that there are. */
export function ListPage({ route }: { route: ListRoute }) {
  useFocusAfterPaging(route);
  return (
    <>
      <div className="page-head">
        <PageTitle>Compress the images of a shop</PageTitle>
        <p className="muted">
          Every image that a file of products names is fetched, compressed with its quality kept, and given back under a
          new URL.
        </p>
      </div>
      <UploadPanel />
      <section className="requests" aria-labelledby="requests-title">
        <div className="requests__head">
          <h2 id="requests-title" tabIndex={-1}>
            Requests
          </h2>
          <StatusFilter route={route} />
        </div>
        <RequestList key={hrefOf(route)} route={route} />
      </section>
    </>
  );
}

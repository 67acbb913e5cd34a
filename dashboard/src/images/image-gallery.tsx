import { useCallback, useEffect } from 'react';
import { useConnection } from '../api/use-connection.js';
import { useSession } from '../api/use-session.js';
import type { RequestSummaryFragment } from '../generated/graphql.js';
import { hrefOf, type RequestRoute } from '../routing/route.js';
import { Failure } from '../shell/failure.js';
import { useValue } from '../state/use-value.js';
import { imageCount } from './image-count.js';
import { ImageDialog } from './image-dialog.js';
import { ImageFilter } from './image-filter.js';
import { ImageGrid } from './image-grid.js';
import { knownCount, placeOf } from './images-known.js';
import { neighbours } from './neighbours.js';
import { useImagePages } from './use-image-pages.js';
import { useImageRoute } from './use-image-route.js';

interface Props {
  route: RequestRoute;
  counts: RequestSummaryFragment['counts'];
  total: number;
  isOpen: boolean;
}

/** The images of a request, and the one that is open before and after. */
export function ImageGallery({ route, counts, total, isOpen }: Props) {
  const [known, pages] = useImagePages(route.id, route.status, isOpen);
  const { state } = useConnection();
  const reached = useValue(useSession().isReached);
  // Where nothing is answered, the banner says so, and what is known is shown on; of an answer it says nothing.
  const isTold = state === 'lost' && !reached && known.pages.size > 0;
  const isAll = known.end !== null && !isOpen;
  const count = isAll ? knownCount(known) : Math.max(knownCount(known), imageCount(counts, total, route.status));
  const hrefOfImage = useCallback((image: string) => hrefOf({ ...route, image }), [route]);
  const place = route.image === null ? null : placeOf(known, route.image);
  useEffect(() => pages.open(place), [pages, place]);
  const { open, close } = useImageRoute(route);
  return (
    <section aria-labelledby="images-title" className="gallery">
      <div className="gallery__head">
        <h2 id="images-title">Images</h2>
        <ImageFilter route={route} counts={counts} total={total} />
      </div>
      {known.error && !isTold && <Failure error={known.error} onRetry={pages.refresh} />}
      {count === 0 ? (
        <p className="empty muted">{emptySentence(route, isOpen)}</p>
      ) : (
        <ImageGrid
          // Another list begins at its top.
          key={hrefOf({ ...route, image: null })}
          count={count}
          known={known}
          onShow={pages.show}
          hrefOf={hrefOfImage}
        />
      )}
      {route.image && (
        <ImageDialog
          key="dialog"
          id={route.image}
          neighbours={neighbours(known, place)}
          onOpen={open}
          onClose={close}
        />
      )}
    </section>
  );
}

function emptySentence({ status }: RequestRoute, isOpen: boolean): string {
  if (status === 'FAILED') return 'No image has failed.';
  return isOpen ? 'The images appear here as soon as the file is read.' : 'There are no images here.';
}

import { useEffect, useRef } from 'react';
import { useQuery } from 'urql';
import { imageName } from '../format/image-name.js';
import { type ImageFieldsFragment, ImageViewDocument } from '../generated/graphql.js';
import { Failure } from '../shell/failure.js';
import { CompareSlider } from './compare-slider.js';
import { ImageFacts } from './image-facts.js';
import { IMAGE_STATES } from './image-states.js';
import type { Neighbours } from './neighbours.js';

interface Props {
  id: string;
  neighbours: Neighbours;
  onOpen: (id: string) => void;
  onClose: () => void;
}

/** One image, before and after. */
export function ImageDialog({ id, neighbours: { previous, next }, onOpen, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [{ data, error }] = useQuery({ query: ImageViewDocument, variables: { id } });
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    // Back to the card that it was opened from, where that is still there.
    return () => void (opener instanceof HTMLElement && opener.focus({ preventScroll: true }));
  }, []);
  const image = data?.node?.__typename === 'Image' ? data.node : null;
  const title = image ? imageName(image.sourceUrl) : 'Image';
  return (
    <dialog
      ref={dialog}
      closedby="any"
      className="dialog dialog--image"
      aria-labelledby="image-dialog-title"
      onClose={onClose}
    >
      <header className="dialog__head">
        <h2 id="image-dialog-title">{title}</h2>
        <div className="dialog__nav">
          <button
            type="button"
            className="button button--small"
            disabled={!previous}
            onClick={() => previous && onOpen(previous)}
          >
            Previous
          </button>
          <button type="button" className="button button--small" disabled={!next} onClick={() => next && onOpen(next)}>
            Next
          </button>
          <button type="button" className="button button--small" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
      </header>
      {error && <Failure error={error} />}
      {data?.node === null && <p className="muted">There is no such image.</p>}
      {image && <Comparison image={image} />}
    </dialog>
  );
}

function Comparison({ image }: { image: ImageFieldsFragment }) {
  const { original, compressed, status, error } = image;
  if (!original || !compressed) return <p className="muted">{error?.message ?? `${IMAGE_STATES[status]}.`}</p>;
  return (
    <>
      <CompareSlider key={image.id} before={original} after={compressed} />
      <ImageFacts image={image} before={original} after={compressed} />
    </>
  );
}

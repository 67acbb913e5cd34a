import { memo, useState } from 'react';
import { useAfterReconnect } from '../api/use-after-reconnect.js';
import { imageName } from '../format/image-name.js';
import { formatBytes, formatSavedShare } from '../format/numbers.js';
import type { ImageFieldsFragment } from '../generated/graphql.js';
import { IMAGE_STATES } from './image-states.js';

interface Props {
  /** Undefined while it is on its way. */
  image: ImageFieldsFragment | undefined;
  hrefOf: (id: string) => string;
}

/** One image: its thumbnail with what it saved, or how it stands, or why it failed. */
export const ImageCard = memo(function ImageCard({ image, hrefOf }: Props) {
  if (!image) return <div className="image-card image-card--skeleton" aria-hidden="true" />;
  const { id, sourceUrl, status, original, compressed, error, keptOriginal } = image;
  const name = imageName(sourceUrl);
  if (status !== 'COMPLETED' || !original || !compressed) {
    return (
      <div className={`image-card image-card--${status.toLowerCase()}`} title={sourceUrl}>
        <div className="image-card__picture">
          <span className="image-card__state">{IMAGE_STATES[status]}</span>
          {error && <span className="image-card__reason">{error.message}</span>}
        </div>
        <span className="image-card__name">{name}</span>
      </div>
    );
  }
  const saved = formatSavedShare(original.bytes, compressed.bytes);
  return (
    <a className="image-card image-card--completed" href={hrefOf(id)} title={sourceUrl}>
      <span className="image-card__picture">
        <Thumbnail key={compressed.url} picture={compressed} />
        {!keptOriginal && (
          <span className="image-card__saved" aria-hidden="true">
            −{saved}
          </span>
        )}
      </span>
      <span className="image-card__name">{name}</span>
      <span className="image-card__bytes">
        {keptOriginal ? 'kept: already small' : `${formatBytes(original.bytes)} → ${formatBytes(compressed.bytes)}`}
      </span>
      <span className="visually-hidden">
        {!keptOriginal && `${saved} saved. `}
        Compare before and after
      </span>
    </a>
  );
});

/** The result itself, small; where it cannot be shown, as a TIFF in most browsers, that is said. */
function Thumbnail({ picture: { url, width, height } }: { picture: NonNullable<ImageFieldsFragment['compressed']> }) {
  const [isUnseen, setUnseen] = useState(false);
  // It may have been lost with the connection.
  useAfterReconnect(() => setUnseen(false));
  if (isUnseen) return <span className="image-card__state">No preview</span>;
  return (
    <img
      src={url}
      alt=""
      width={width}
      height={height}
      loading="lazy"
      decoding="async"
      onError={() => setUnseen(true)}
    />
  );
}

import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { ImageCard } from './image-card.js';
import { type ImagesKnown, imageAt } from './images-known.js';
import { useGridPlace } from './use-grid-place.js';

interface Props {
  count: number;
  known: ImagesKnown;
  onShow: (from: number, to: number) => void;
  /** The address of an image, before and after. */
  hrefOf: (id: string) => string;
}

/** In pixels: the least width of a card, its height, and the room between two. */
const CARD_WIDTH = 168;
const CARD_HEIGHT = 216;
const GAP = 12;
/** Rows that are drawn above and below of what is in view: the keyboard and a quick finger find them there. */
const OVERSCAN = 4;

/** All images as cards, of which only those in view are drawn: 20,000 scroll as 20 do. */
export function ImageGrid({ count, known, onShow, hrefOf }: Props) {
  const grid = useRef<HTMLUListElement>(null);
  const { top, width } = useGridPlace(grid);
  // Two side by side on a phone.
  const least = Math.min(CARD_WIDTH, (width - GAP) / 2);
  const columns = Math.max(1, Math.floor((width + GAP) / (least + GAP)));
  const virtualizer = useWindowVirtualizer({
    count: Math.ceil(count / columns),
    estimateSize: () => CARD_HEIGHT + GAP,
    overscan: OVERSCAN,
    scrollMargin: top,
  });
  const rows = virtualizer.getVirtualItems();
  const from = (rows[0]?.index ?? 0) * columns;
  const to = Math.min(count, ((rows.at(-1)?.index ?? 0) + 1) * columns);
  useEffect(() => onShow(from, to - 1), [from, to, onShow]);
  const cardWidth = (width - GAP * (columns - 1)) / columns;
  return (
    <ul ref={grid} className="image-grid" style={{ height: virtualizer.getTotalSize() }}>
      {width > 0 &&
        Array.from({ length: Math.max(0, to - from) }, (_, offset) => {
          const index = from + offset;
          const x = (index % columns) * (cardWidth + GAP);
          const y = Math.floor(index / columns) * (CARD_HEIGHT + GAP);
          return (
            <li
              key={index}
              className="image-grid__cell"
              aria-posinset={index + 1}
              aria-setsize={count}
              style={{ width: cardWidth, height: CARD_HEIGHT, transform: `translate(${x}px, ${y}px)` }}
            >
              <ImageCard image={imageAt(known, index)} hrefOf={hrefOf} />
            </li>
          );
        })}
    </ul>
  );
}

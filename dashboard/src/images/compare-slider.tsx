import { type CSSProperties, useState } from 'react';
import { useAfterReconnect } from '../api/use-after-reconnect.js';

/** What not every browser shows; all others of `StoredImage.format` every one does. */
const RARE_FORMATS: readonly string[] = ['tiff'];

interface Picture {
  url: string;
  width: number;
  height: number;
  format: string;
}

interface Props {
  before: Picture;
  after: Picture;
}

/** The original over the result, uncovered by a slider: by pointer, finger, or the arrow keys. */
export function CompareSlider({ before, after }: Props) {
  const [split, setSplit] = useState(50);
  /** Which could not be shown. */
  const [unseen, setUnseen] = useState<keyof Props | null>(null);
  const [attempt, setAttempt] = useState(0);
  const retry = () => {
    setUnseen(null);
    setAttempt((count) => count + 1);
  };
  // It may have been lost with the connection.
  useAfterReconnect(() => unseen && retry());
  const style = {
    '--split': `${split}%`,
    '--ratio': after.width / after.height,
    '--width': `${after.width}px`,
  } as CSSProperties;
  return (
    <div className="compare" style={style}>
      <img
        key={`after ${attempt}`}
        className="compare__picture"
        src={after.url}
        alt="Compressed"
        width={after.width}
        height={after.height}
        onError={() => setUnseen('after')}
      />
      <img
        key={`before ${attempt}`}
        className="compare__picture compare__picture--before"
        src={before.url}
        alt="Original"
        width={before.width}
        height={before.height}
        onError={() => setUnseen('before')}
      />
      <span className="compare__label compare__label--before" aria-hidden="true">
        Before
      </span>
      <span className="compare__label compare__label--after" aria-hidden="true">
        After
      </span>
      <span className="compare__line" aria-hidden="true" />
      <input
        className="compare__slider"
        type="range"
        min={0}
        max={100}
        value={split}
        aria-label="How much of the original is shown"
        aria-valuetext={`${split} % original, ${100 - split} % compressed`}
        onChange={({ target }) => setSplit(target.valueAsNumber)}
      />
      {unseen && (
        <div className="compare__unseen">
          {RARE_FORMATS.includes({ before, after }[unseen].format) ? (
            <p>Your browser cannot show this format; the files are linked below.</p>
          ) : (
            <>
              <p>The image could not be loaded.</p>
              <button type="button" className="button button--small" onClick={retry}>
                Try again
              </button>
            </>
          )}
        </div>
      )}
    </div>
  );
}

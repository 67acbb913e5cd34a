import { type CSSProperties, useState } from 'react';

interface Picture {
  url: string;
  width: number;
  height: number;
}

interface Props {
  before: Picture;
  after: Picture;
}

/** The original over the result, uncovered by a slider: by pointer, finger, or the arrow keys. */
export function CompareSlider({ before, after }: Props) {
  const [split, setSplit] = useState(50);
  const [unseen, setUnseen] = useState(false);
  const style = {
    '--split': `${split}%`,
    '--ratio': after.width / after.height,
    '--width': `${after.width}px`,
  } as CSSProperties;
  return (
    <div className="compare" style={style}>
      <img
        className="compare__picture"
        src={after.url}
        alt="Compressed"
        width={after.width}
        height={after.height}
        onError={() => setUnseen(true)}
      />
      <img
        className="compare__picture compare__picture--before"
        src={before.url}
        alt="Original"
        width={before.width}
        height={before.height}
        onError={() => setUnseen(true)}
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
      {unseen && <p className="compare__unseen">Your browser cannot show this format; the files are linked below.</p>}
    </div>
  );
}

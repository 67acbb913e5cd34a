import type { OutputFormat } from '../generated/graphql.js';

interface Props {
  format: OutputFormat;
  onFormat: (format: OutputFormat) => void;
}

interface FormatChoice {
  value: OutputFormat;
  name: string;
  hint: string;
}

const FORMATS: readonly FormatChoice[] = [
  { value: 'KEEP', name: 'As it is', hint: 'Each image keeps the format that it comes in.' },
  { value: 'WEBP', name: 'WebP', hint: 'Smaller than JPEG; every browser of today shows it.' },
  { value: 'AVIF', name: 'AVIF', hint: 'The smallest, and the slowest to make.' },
  { value: 'JPEG', name: 'JPEG', hint: 'Shown everywhere; transparency becomes white.' },
  { value: 'PNG', name: 'PNG', hint: 'Without loss; large for photographs.' },
];

/** How the images are to be compressed. */
export function OptionsFields({ format, onFormat }: Props) {
  const hint = FORMATS.find(({ value }) => value === format)?.hint;
  return (
    <fieldset className="options">
      <legend>Options</legend>
      <label className="field">
        <span className="field__label">Format</span>
        <select
          aria-describedby="format-hint"
          value={format}
          onChange={({ target }) => {
            const chosen = FORMATS.find(({ value }) => value === target.value);
            if (chosen) onFormat(chosen.value);
          }}
        >
          {FORMATS.map(({ value, name }) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
        <span id="format-hint" className="field__hint">
          {hint}
        </span>
      </label>
      <label className="field">
        <span className="field__label">Quality, 1 to 100</span>
        <input name="quality" type="number" min={1} max={100} step={1} inputMode="numeric" placeholder="automatic" />
        <span className="field__hint">Left empty, it suits the format.</span>
      </label>
      <label className="field">
        <span className="field__label">Longest side, in pixels</span>
        <input
          name="maxDimension"
          type="number"
          min={1}
          max={65535}
          step={1}
          inputMode="numeric"
          placeholder="as it is"
        />
        <span className="field__hint">Larger images are scaled down to it.</span>
      </label>
      <details
        className="options__more"
        // A field that is wrong must be seen to be mended.
        onInvalidCapture={({ currentTarget }) => {
          currentTarget.open = true;
        }}
      >
        <summary>More options</summary>
        <div className="options__grid">
          <label className="check">
            <input name="keepMetadata" type="checkbox" />
            Keep metadata, such as the camera and the place
          </label>
          <label className="field">
            <span className="field__label">Webhook URL</span>
            <input name="webhookUrl" type="url" placeholder="https://shop.example/hooks/images" />
            <span className="field__hint">Is told when everything is done.</span>
          </label>
        </div>
      </details>
    </fieldset>
  );
}

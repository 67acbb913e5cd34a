import type { OutputFormat } from '../generated/graphql.js';
import { Field } from './field.js';

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
  const known = FORMATS.find(({ value }) => value === format);
  return (
    <fieldset className="options">
      <legend>Options</legend>
      <Field
        label="Format"
        hint={known?.hint ?? ''}
        control={(names) => (
          <select
            {...names}
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
        )}
      />
      <Field
        label="Quality, 1 to 100"
        hint="Left empty, it suits the format."
        control={(names) => (
          <input {...names} name="quality" type="number" min={1} max={100} step={1} placeholder="automatic" />
        )}
      />
      <Field
        label="Longest side, in pixels"
        hint="Larger images are scaled down to it."
        control={(names) => (
          <input {...names} name="maxDimension" type="number" min={1} max={65535} step={1} placeholder="as it is" />
        )}
      />
      <details
        className="options__more"
        // A field that is wrong must be seen to be mended.
        onInvalidCapture={({ currentTarget }) => {
          currentTarget.open = true;
        }}
      >
        <summary>More options</summary>
        <div className="options__grid">
          <Field
            label="Least similarity, 0 to 1"
            hint="The quality of each image follows: 0.75 is about what it is now, 0.9 beyond what is seen."
            control={(names) => (
              <input {...names} name="minSimilarity" type="number" min={0} max={1} step={0.01} placeholder="any" />
            )}
          />
          <label className="check">
            <input name="measureSimilarity" type="checkbox" />
            Measure how like the originals the results are, which takes longer
          </label>
          <label className="check">
            <input name="keepMetadata" type="checkbox" />
            Keep metadata, such as the camera and the place
          </label>
          <label className="check">
            <input name="replaceUrls" type="checkbox" />
            Replace the URLs in the image column, to import the output back
          </label>
          <Field
            label="Webhook URL"
            hint="Is told when everything is done."
            control={(names) => (
              <input {...names} name="webhookUrl" type="url" placeholder="https://shop.example/hooks/images" />
            )}
          />
        </div>
      </details>
    </fieldset>
  );
}

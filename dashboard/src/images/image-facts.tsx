import { formatBytes, formatCount, formatSavedShare } from '../format/numbers.js';
import type { ImageFieldsFragment } from '../generated/graphql.js';

type Stored = NonNullable<ImageFieldsFragment['original']>;

interface Props {
  image: ImageFieldsFragment;
  before: Stored;
  after: Stored;
}

/** Sizes, dimensions and formats of an image before and after. */
export function ImageFacts({ image: { sourceUrl, keptOriginal, similarity, warnings }, before, after }: Props) {
  return (
    <div className="image-facts">
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Size</th>
            <td>{formatBytes(before.bytes)}</td>
            <td>{formatBytes(after.bytes)}</td>
          </tr>
          <tr>
            <th scope="row">Dimensions</th>
            <td>{dimensions(before)}</td>
            <td>{dimensions(after)}</td>
          </tr>
          <tr>
            <th scope="row">Format</th>
            <td>{before.format.toUpperCase()}</td>
            <td>{after.format.toUpperCase()}</td>
          </tr>
          {similarity !== null && (
            <tr>
              <th scope="row">Similarity</th>
              <td />
              <td>{similarity.toFixed(3)}</td>
            </tr>
          )}
          <tr>
            <th scope="row">File</th>
            <td>
              <a href={before.url}>Original</a>
            </td>
            <td>
              <a href={after.url}>Compressed</a>
            </td>
          </tr>
        </tbody>
      </table>
      <p className="image-facts__saved">
        <strong>{formatSavedShare(before.bytes, after.bytes)} saved</strong>
        <span className="muted">
          {keptOriginal
            ? 'A compressed form would not have been smaller, so the original is served as it is.'
            : `${formatBytes(before.bytes - after.bytes)} less to load, each time it is shown.`}
        </span>
        {warnings.map(({ code, message }) => (
          <span key={code}>{message}</span>
        ))}
        <span className="muted image-facts__source">{sourceUrl}</span>
      </p>
    </div>
  );
}

function dimensions({ width, height }: Stored): string {
  return `${formatCount(width)} × ${formatCount(height)} px`;
}

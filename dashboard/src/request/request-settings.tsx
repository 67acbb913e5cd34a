import { formatTime } from '../format/times.js';
import type { RequestDetailsFragment } from '../generated/graphql.js';

const WEBHOOK_STATES = { PENDING: 'not told yet', DELIVERED: 'told', FAILED: 'could not be told' } as const;

/** What was asked for with the upload, and how the webhook stands. */
export function RequestSettings({ request }: { request: RequestDetailsFragment }) {
  const { options, optionColumns, webhook, expiresAt } = request;
  const { format, quality, maxDimension, keepMetadata, minSimilarity, replaceUrls } = options;
  const parts = [
    format === 'KEEP' ? 'Each image keeps its format' : `All images as ${format}`,
    quality === null ? 'quality chosen by format' : `quality ${quality}`,
    ...(minSimilarity === null ? [] : [`similarity of at least ${minSimilarity}`]),
    maxDimension === null ? 'size in pixels kept' : `at most ${maxDimension} px a side`,
    keepMetadata ? 'metadata kept' : 'metadata removed',
    ...(optionColumns.length > 0 ? [`for each row what its columns ${optionColumns.join(', ')} say`] : []),
    ...(replaceUrls ? ['new URLs in the image column'] : []),
    ...(expiresAt ? [`kept until ${formatTime(expiresAt)}`] : []),
  ];
  return (
    <p className="muted settings">
      {parts.join(' · ')}
      {webhook && (
        <>
          {' · '}webhook {webhook.url}: {WEBHOOK_STATES[webhook.status]}
          {webhook.lastError && ` (try ${webhook.attempts}: ${webhook.lastError})`}
        </>
      )}
    </p>
  );
}

import type { UploadOptions } from '../generated/graphql.js';

/** The options as they stand in the form; what was left empty is left to the service. */
export function readOptions(form: FormData): UploadOptions {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const number = (name: string) => (text(name) ? Number(text(name)) : null);
  return {
    quality: number('quality'),
    maxDimension: number('maxDimension'),
    minSimilarity: number('minSimilarity'),
    measureSimilarity: form.has('measureSimilarity'),
    keepMetadata: form.has('keepMetadata'),
    replaceUrls: form.has('replaceUrls'),
    webhookUrl: text('webhookUrl') || null,
  };
}

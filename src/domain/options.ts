export const OutputFormat = { KEEP: 'KEEP', JPEG: 'JPEG', PNG: 'PNG', WEBP: 'WEBP', AVIF: 'AVIF' } as const;
export type OutputFormat = (typeof OutputFormat)[keyof typeof OutputFormat];

export const InvalidRowPolicy = { REFUSE_FILE: 'REFUSE_FILE', SKIP_ROW: 'SKIP_ROW' } as const;
export type InvalidRowPolicy = (typeof InvalidRowPolicy)[keyof typeof InvalidRowPolicy];

/** How one image is compressed. */
export interface CompressOptions {
  format: OutputFormat;
  /** Encoder quality, 1 to 100; null is the default of the format. */
  quality: number | null;
  /** Longest side in pixels; null leaves the size as it is. */
  maxDimension: number | null;
  /** Keep EXIF and other metadata. */
  keepMetadata: boolean;
  /** Similarity to the original that each result must have, 0 to 1: its quality follows. Absent in older requests. */
  minSimilarity?: number | null;
  /** Tell each result's similarity, though none is asked for. Absent in older requests. */
  measureSimilarity?: boolean;
}

/** Those that a row of the file asks for, over those of the request. */
export type RowOptions = Partial<Omit<CompressOptions, 'measureSimilarity'>>;

/** What a client asks for with an upload, checked (`parse-options.ts`). */
export interface RequestOptions extends CompressOptions {
  invalidRows: InvalidRowPolicy;
  webhookUrl: string | null;
  /** Whether the output CSV has its new URLs in the image column itself, and not in one of its own. */
  replaceUrls: boolean;
}

/** What a client or a stranger's server may ask of us; each is settable by the environment variable of its name. */
export interface Limits {
  /** Bytes of an uploaded file; an .xlsx may unpack to four times as many. */
  maxFileBytes: number;
  /** Rows of a CSV after its header. */
  maxRows: number;
  maxImagesPerRow: number;
  /** Bytes of one fetched image, decoded from any transfer encoding. */
  maxImageBytes: number;
  /** Width × height × frames of one image. */
  maxImagePixels: number;
  /** Frames of an animation, pages of a TIFF. */
  maxImageFrames: number;
  /** Seconds for decoding, resizing and encoding one image. */
  compressTimeoutSeconds: number;
  /** Milliseconds for one whole fetch, redirects included. */
  fetchTimeoutMs: number;
  /** Fetches under way at once to one host. */
  fetchPerHost: number;
}

/** Those that decide which rows of a file are taken. */
export type RowLimits = Pick<Limits, 'maxFileBytes' | 'maxRows' | 'maxImagesPerRow'>;

/** How many errors of a CSV, and how many warnings, are named; the rest is counted. */
export const MAX_NAMED_CSV_ERRORS = 100;
/** Images of one product whose rows hold one each: Shopify's own limit. */
export const MAX_IMAGES_PER_PRODUCT = 250;
/** Characters of one cell: several times the longest cell of real product lists (descriptions of some 60 KB). */
export const MAX_FIELD_CHARS = 256 * 1024;
/** Columns of a CSV: real exports have some hundred. */
export const MAX_COLUMNS = 1_000;
/** Ended images named in one event, and in one message (`RequestStatusEvent.finishedImages`). */
export const MAX_FINISHED_IMAGES = 100;
/** Times an image is tried where another try can help. */
export const MAX_ATTEMPTS = 3;

/** What `pixelpress/client` is: the one place of the package that gathers what others import. */
export type { CsvSource } from './csv-file.js';
export type {
  CsvErrorCode,
  CsvErrorViewFragment as CsvError,
  ImageStatus,
  ImageViewFragment as ImageView,
  InvalidRowPolicy,
  OutputFormat,
  ProcessingErrorCode,
  ProductViewFragment as ProductView,
  RequestStatus,
  RequestViewFragment as RequestView,
  StoredImageViewFragment as StoredImageView,
  UploadOptions,
} from './generated/types.js';
export {
  type CheckResult,
  PixelpressClient,
  type PixelpressClientOptions,
  type UploadResult,
  type UploadSettings,
} from './pixelpress-client.js';
export { PixelpressError, type PixelpressErrorCode, type PixelpressErrorDetails } from './pixelpress-error.js';
export type { RequestStatusEvent, WatchOptions } from './watch-request.js';

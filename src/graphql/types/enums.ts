import { registerEnumType } from 'type-graphql';
import { CsvDialect } from '../../domain/csv-dialect.js';
import { CsvErrorCode } from '../../domain/csv-error.js';
import { CsvWarningCode } from '../../domain/csv-warning.js';
import { ImageStatus } from '../../domain/image-status.js';
import { ImageWarningCode } from '../../domain/image-warning.js';
import { InvalidRowPolicy, OutputFormat } from '../../domain/options.js';
import { ProcessingErrorCode } from '../../domain/processing-error.js';
import { RequestStatus } from '../../domain/request-status.js';

/** What the schema says of each value: the compiler asks for every one. */
function describe<T extends string>(
  name: string,
  values: Record<T, T>,
  description: string,
  texts: Record<NoInfer<T>, string>,
): void {
  const valuesConfig = Object.fromEntries(
    Object.entries<string>(texts).map(([value, text]) => [value, { description: text }]),
  ) as Record<T, { description: string }>;
  registerEnumType(values, { name, description, valuesConfig });
}

export const WebhookStatus = { PENDING: 'PENDING', DELIVERED: 'DELIVERED', FAILED: 'FAILED' } as const;
export type WebhookStatus = keyof typeof WebhookStatus;

describe('OutputFormat', OutputFormat, 'The format that images are given back in.', {
  KEEP: 'The format that each image came in.',
  JPEG: 'JPEG; transparency becomes white.',
  PNG: 'PNG, without loss unless a quality is given.',
  WEBP: 'WebP: smaller than JPEG, and shown by every browser of today.',
  AVIF: 'AVIF: the smallest, and the slowest to make.',
});
describe('InvalidRowPolicy', InvalidRowPolicy, 'What to do with a row that cannot be read.', {
  REFUSE_FILE: 'Refuse the whole file, and name its bad rows.',
  SKIP_ROW: 'Leave the row out, and report it.',
});
describe(
  'RequestStatus',
  RequestStatus,
  'COMPLETED: at least one image was made. FAILED: none was, or the file could not be worked on. The last three are terminal.',
  {
    PENDING: 'Taken; no worker has begun.',
    PROCESSING: 'Images are being made.',
    CANCELLING: 'No more images are begun; those in work end.',
    COMPLETED: 'Every image has ended, and at least one was made.',
    FAILED: 'Every image has ended and none was made, or the file could not be worked on.',
    CANCELLED: 'Stopped by a client; images already finished stay.',
  },
);
describe('ImageStatus', ImageStatus, 'How far one image has come.', {
  PENDING: 'Waits for a worker, or for its next try.',
  PROCESSING: 'Is being fetched or compressed.',
  COMPLETED: 'Made and stored.',
  FAILED: 'Could not be made; `error` says why.',
  CANCELLED: 'Not begun when its request was cancelled.',
});
describe('WebhookStatus', WebhookStatus, 'Whether a webhook has been told of the end of its request.', {
  PENDING: 'The request has not ended, or a further try is due.',
  DELIVERED: 'The server answered with a 2xx.',
  FAILED: 'Given up after the last try, or the server answered 410.',
});
describe('CsvErrorCode', CsvErrorCode, 'What is wrong with a CSV.', {
  EMPTY_FILE: 'There is nothing in the file, or nothing but a header.',
  NOT_CSV: 'The file is of another kind.',
  NOT_UTF8: 'The bytes are valid neither in UTF-8 nor in Windows-1252, or not in what the file began in.',
  MISSING_COLUMN: 'A column that is needed has no header.',
  DUPLICATE_COLUMN: 'Two headers name the same column.',
  WRONG_COLUMN_COUNT: 'A row has more or fewer cells than the header.',
  UNTERMINATED_QUOTE: 'A quote opens and is not closed.',
  MISSING_VALUE: 'A cell that is needed is empty.',
  INVALID_URL: 'An image URL is not an http or https URL.',
  DUPLICATE_SERIAL_NUMBER: 'A row above has the same serial number.',
  TOO_MANY_ROWS: 'The file has more rows than are taken.',
  TOO_MANY_IMAGES: 'A row has more image URLs than are taken.',
  FILE_TOO_LARGE: 'The file has more bytes than are taken.',
  FIELD_TOO_LONG: 'A cell or a line is longer than is read.',
  INVALID_OPTION: 'A cell of a column of options holds what the option cannot be.',
});
describe('CsvDialect', CsvDialect, 'Whose columns a file has; known by its headers.', {
  PLAIN: 'A serial number, a product name and image URLs in each row.',
  SHOPIFY: 'Shopify’s export: `Handle` and `Image Src`, a row for each image, the title in the first row of a product.',
  WOOCOMMERCE: 'WooCommerce’s export: `SKU`, `Name` and `Images`.',
});
describe('CsvWarningCode', CsvWarningCode, 'What was repaired, or guessed, on reading a file.', {
  ENCODING: 'The file is not in UTF-8, and was read as Windows-1252.',
  SHEETS_LEFT_OUT: 'Only the first sheet of an Excel file was read.',
  URL_SPILLED: 'Image URLs that stood unquoted went on into other columns, and were put back.',
  COMMA_IN_URL: 'A comma was taken as a part of a URL.',
  HANDLE_REPEATED: 'A Shopify handle comes again after others: its rows were taken as two products.',
});
describe('ImageWarningCode', ImageWarningCode, 'What is different about a result.', {
  TRANSPARENCY_FLATTENED: 'Its transparent parts are white now, since JPEG has no transparency.',
  FIRST_FRAME_ONLY:
    'Only the first frame of an animation, or page of a TIFF, is kept: the output format holds no more.',
  SIMILARITY_NOT_REACHED: 'No quality reaches the similarity that was asked for.',
  NOT_CONVERTED: 'It stays in its own format and size, though another was asked for: `message` says why.',
});
describe('ProcessingErrorCode', ProcessingErrorCode, 'Why an image or a request failed.', {
  FETCH_FAILED: 'The server could not be reached, or broke off.',
  FETCH_TIMEOUT: 'The server did not send the image in time.',
  HTTP_ERROR: 'The server answered with an error.',
  BLOCKED_ADDRESS: 'The URL leads to an address that is not public.',
  TOO_MANY_REDIRECTS: 'The server redirected too often.',
  RESPONSE_TOO_LARGE: 'The image has more bytes than are taken.',
  NOT_AN_IMAGE: 'What the server sent is not an image.',
  UNSUPPORTED_FORMAT: 'The format of the image is not supported.',
  CORRUPT_IMAGE: 'The image is damaged.',
  TOO_MANY_PIXELS: 'The image has more pixels than are taken.',
  TOO_MANY_FRAMES: 'The image has more frames or pages than are taken.',
  PROCESSING_TIMEOUT: 'The image took too long to compress.',
  STORAGE_FAILED: 'The image could not be stored.',
  INTERNAL: 'Something went wrong on our side.',
});

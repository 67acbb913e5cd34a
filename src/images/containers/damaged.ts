import { ProcessingError } from '../../domain/processing-error.js';

/** A file whose own structure says that a part of it is missing. */
export function damaged(cause?: unknown): ProcessingError {
  return new ProcessingError('CORRUPT_IMAGE', 'The image is damaged and cannot be read to its end.', { cause });
}

import type { ImageStatus } from '../generated/graphql.js';

/** The states of an image as a shop owner calls them. */
export const IMAGE_STATES: Readonly<Record<ImageStatus, string>> = {
  PENDING: 'Waiting',
  PROCESSING: 'In work',
  COMPLETED: 'Compressed',
  FAILED: 'Failed',
  CANCELLED: 'Not begun',
};

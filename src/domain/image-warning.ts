export const ImageWarningCode = {
  TRANSPARENCY_FLATTENED: 'TRANSPARENCY_FLATTENED',
  FIRST_FRAME_ONLY: 'FIRST_FRAME_ONLY',
  NOT_CONVERTED: 'NOT_CONVERTED',
  SIMILARITY_NOT_REACHED: 'SIMILARITY_NOT_REACHED',
} as const;
export type ImageWarningCode = (typeof ImageWarningCode)[keyof typeof ImageWarningCode];

/** What is different about a result from what its original or the options would have one expect. */
export interface ImageWarning {
  code: ImageWarningCode;
  message: string;
}

import { PixelpressError, type PixelpressErrorCode } from './pixelpress-error.js';

/** An error as the service writes it, over HTTP and WebSocket alike. */
export interface GraphQLErrorBody {
  message: string;
  extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** The error that the service told of. */
export function readError({ message, extensions = {} }: GraphQLErrorBody): PixelpressError {
  const { code, field, retryAfter } = extensions;
  return new PixelpressError(
    // A service of another version may know a code that we do not: then it is told as it is.
    typeof code === 'string' ? (code as PixelpressErrorCode) : 'INTERNAL',
    message,
    {
      ...(typeof field === 'string' && { field }),
      ...(typeof retryAfter === 'number' && { retryAfter }),
    },
  );
}

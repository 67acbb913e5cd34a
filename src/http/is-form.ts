import type { IncomingHttpHeaders } from 'node:http';

/** Whether a request brings a multipart form. The name of a type is the same in any case (RFC 9110, 8.3.1). */
export function isForm(headers: IncomingHttpHeaders): boolean {
  return headers['content-type']?.toLowerCase().startsWith('multipart/form-data') ?? false;
}

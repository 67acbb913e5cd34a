import type { PixelpressClient, RequestView, UploadSettings } from '../client/index.js';
import { printable } from '../domain/printable.js';
import type { Reporter } from './reporter.js';

/** Sends a file to a running service. @throws PixelpressError */
export async function sendFile(
  client: PixelpressClient,
  reporter: Reporter,
  file: string,
  settings: UploadSettings,
): Promise<RequestView> {
  const { request, userErrors, userErrorCount } = await client.upload(file, settings);
  for (const { message } of userErrors) reporter.note(`left out: ${printable(message)}`);
  if (userErrorCount > userErrors.length) reporter.note(`… and ${userErrorCount - userErrors.length} more`);
  return request;
}

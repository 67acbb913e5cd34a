import { PixelpressClient } from '../client/index.js';
import type { OptionValues } from './options.js';
import { UsageError } from './usage-error.js';

const DEFAULT_SERVER = 'http://127.0.0.1:4000';

/** The service that the options name. @throws UsageError */
export function connect({ server, key }: Pick<OptionValues, 'server' | 'key'>): PixelpressClient {
  const url = server ?? (process.env['PIXELPRESS_SERVER'] || DEFAULT_SERVER);
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UsageError(`--server is an http or https URL, not “${url}”.`);
  }
  return new PixelpressClient({ url, apiKey: key ?? (process.env['PIXELPRESS_API_KEY'] || null) });
}

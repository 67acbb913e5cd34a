import { extname, join } from 'node:path';
import type { PixelpressClient } from '../client/index.js';
import { createResultNames } from '../requests/result-names.js';

/** A result that was made, and the file that it is to have: an image of several products has one for each of them. */
export interface ResultFile {
  path: string;
  url: string;
  bytes: number;
}

/** Every result of a request, under the name that it has in results.zip. */
export async function* listResults(client: PixelpressClient, id: string, folder: string): AsyncGenerator<ResultFile> {
  const names = createResultNames();
  for await (const product of client.products(id)) {
    const name = names.of(product);
    for (const [index, { compressed }] of product.images.entries()) {
      if (!compressed) continue;
      const { url, bytes } = compressed;
      yield { path: join(folder, `${name}-${index + 1}${extname(new URL(url).pathname)}`), url, bytes };
    }
  }
}

import { Readable } from 'node:stream';
import type { NewImage } from '../../src/models/image-transitions.js';
import type { Product } from '../../src/models/product.js';
import type { RequestSnapshot } from '../../src/models/request.js';
import { createExpandRequest } from '../../src/workers/expand-request.js';
import { TABLE_LIMITS } from '../support/read-table.js';

const PRODUCTS = 1_300;

/** A Shopify file of products with none to three images each, a row for each image. */
function shopifyFile(): string {
  const rows = Array.from({ length: PRODUCTS }, (_, product) => {
    const images = Array.from({ length: product % 4 }, (_, image) => `http://x.example/${product}-${image}`);
    return [`p${product},Product ${product},${images[0] ?? ''}`, ...images.map((url) => `p${product},,${url}?2`)];
  });
  return ['Handle,Title,Image Src', ...rows.flat()].join('\n');
}

/** A database that keeps what is written, and of which the process dies after so many flushes. */
function expansion(written: { products: Map<string, Product>; images: Map<string, NewImage> }, dieAfter: number) {
  let expanded = 0;
  let flushes = 0;
  const request = (recorded: number) =>
    ({
      _id: '00000000-0000-4000-8000-000000000000',
      status: 'PROCESSING',
      options: { format: 'KEEP', quality: null, maxDimension: null, keepMetadata: false },
      counts: { total: 1, completed: 0, failed: 0, cancelled: 0 },
      flow: { expanded: recorded },
    }) as unknown as RequestSnapshot;
  const insert =
    <T extends { _id: string }>(into: Map<string, T>) =>
    async (documents: T[]) => {
      for (const document of documents) if (!into.has(document._id)) into.set(document._id, document);
    };
  const database = {
    products: { insertMissing: insert(written.products) },
    images: { insertMissing: insert(written.images), count: async () => written.images.size },
    requests: {
      recordExpanded: async (_: string, seq: number) => {
        if (++flushes > dieAfter) throw new Error('killed');
        expanded = Math.max(expanded, seq);
        return request(expanded);
      },
      finishExpansion: async () => request(expanded),
    },
  };
  const file = shopifyFile();
  const expand = createExpandRequest({
    database,
    storage: { get: async () => ({ body: Readable.from([Buffer.from(file)]) }) },
    limits: { ...TABLE_LIMITS, maxRows: 1e6 },
    progress: { report: () => undefined },
    releaseImages: async () => undefined,
    completeRequest: async () => undefined,
    // Of each port only what expansion calls.
  } as unknown as Parameters<typeof createExpandRequest>[0]);
  return {
    run: (recorded: number) => expand(request(recorded), new AbortController().signal),
    recorded: () => expanded,
  };
}

it('a Shopify file whose expansion was killed after any flush is written whole by the next one', async () => {
  const whole = { products: new Map<string, Product>(), images: new Map<string, NewImage>() };
  await expansion(whole, Number.POSITIVE_INFINITY).run(0);
  expect(whole.products.size).toBe(PRODUCTS);
  for (const dieAfter of [0, 1, 2, 3]) {
    const written = { products: new Map<string, Product>(), images: new Map<string, NewImage>() };
    const first = expansion(written, dieAfter);
    await expect(first.run(0)).rejects.toThrow('killed');
    await expansion(written, Number.POSITIVE_INFINITY).run(first.recorded());
    expect(written).toEqual(whole);
  }
});

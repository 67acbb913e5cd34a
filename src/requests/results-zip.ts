import type { Readable } from 'node:stream';
import { makeZip } from 'client-zip';
import type { Image } from '../models/image.js';
import type { Product } from '../models/product.js';
import type { RequestSnapshot } from '../models/request.js';
import type { RequestDeps } from './deps.js';
import { type DerivedFile, derivedName, requireEnded } from './derived-file.js';
import type { FindRequest } from './find-request.js';
import { createResultNames } from './result-names.js';

/** Products, and so names, that are read from the database at once. */
const PAGE = 50;

/** The images that were made of a request, in a ZIP. @throws AppError NOT_FOUND, CONFLICT */
export type ResultsZip = (owner: string, id: string) => Promise<DerivedFile>;

type Deps = Pick<RequestDeps, 'database' | 'storage'> & { findRequest: FindRequest };

export function createResultsZip(deps: Deps): ResultsZip {
  return async (owner, id) => {
    const request = await deps.findRequest(owner, id);
    requireEnded(request);
    return { fileName: derivedName(request, 'results.zip'), body: pack(deps, request) };
  };
}

interface Result {
  name: string;
  /** Of the object. */
  key: string;
}

/**
 * Packs one object after another as fast as they are taken; images are stored as they are, since a second compression
 * finds nothing in them. In memory are a page of products, a piece of an object, and the list of names for the end.
 */
async function* pack({ database, storage }: Deps, request: RequestSnapshot): AsyncGenerator<Uint8Array> {
  let open: Readable | null = null;
  async function* entries() {
    for await (const { name, key } of listResults(database, request)) {
      open = (await storage.get(key)).body;
      yield { name, input: open as AsyncIterable<Uint8Array>, lastModified: request.finishedAt ?? request.createdAt };
    }
  }
  const zip = makeZip(entries()).getReader();
  try {
    for (;;) {
      const { value, done } = await zip.read();
      if (done) return;
      yield value;
    }
  } finally {
    // client-zip leaves what it was reading open when it is cancelled.
    (open as Readable | null)?.destroy();
    await zip.cancel().catch(() => undefined);
  }
}

/** Every image of every product that was made: one that stands in several is there for each of them. */
async function* listResults(database: Deps['database'], { _id }: RequestSnapshot): AsyncGenerator<Result> {
  const names = createResultNames();
  for (let after = 0; ; ) {
    const products = await database.products.page(_id, after, PAGE);
    const last = products.at(-1);
    if (!last) return;
    const ids = new Set(products.flatMap(({ imageIds }) => imageIds));
    const images = new Map((await database.images.findImages([...ids])).map((image) => [image._id, image]));
    for (const product of products) yield* resultsOf(product, images, names.of(product));
    after = last.row;
  }
}

function resultsOf({ imageIds }: Product, images: ReadonlyMap<string, Image>, name: string): Result[] {
  return imageIds.flatMap((id, index) => {
    const key = images.get(id)?.compressed?.key;
    // The place of an image that was not made stays free.
    return key ? [{ name: `${name}-${index + 1}${key.slice(key.lastIndexOf('.'))}`, key }] : [];
  });
}

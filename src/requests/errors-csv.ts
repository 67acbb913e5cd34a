import { readRows } from '../csv/read-rows.js';
import { createRowImageId } from '../csv/row-image-id.js';
import { writeErrors } from '../csv/write-errors.js';
import type { Image } from '../models/image.js';
import { type RequestSnapshot, readingRulesOf } from '../models/request.js';
import { inputCsvKey } from '../storage/keys.js';
import type { RequestDeps } from './deps.js';
import { type DerivedFile, derivedName, requireEnded } from './derived-file.js';
import type { FindRequest } from './find-request.js';

/**
 * The rows of a request's file that were left out, or have an image that was not made, with the reasons.
 * @throws AppError NOT_FOUND, CONFLICT
 */
export type ErrorsCsv = (owner: string, id: string) => Promise<DerivedFile>;

type Deps = Pick<RequestDeps, 'database' | 'storage' | 'limits'> & { findRequest: FindRequest };

export function createErrorsCsv(deps: Deps): ErrorsCsv {
  return async (owner, id) => {
    const request = await deps.findRequest(owner, id);
    requireEnded(request);
    return { fileName: derivedName(request, 'errors.csv'), body: write(deps, request) };
  };
}

async function* write({ database, storage, limits }: Deps, request: RequestSnapshot): AsyncGenerator<Uint8Array> {
  const { body } = await storage.get(inputCsvKey(request._id));
  try {
    const rows = await readRows(body, ...readingRulesOf(request, limits));
    yield* writeErrors(rows, createRowImageId(request), async (ids) => {
      const images = await database.images.findImages([...new Set(ids)]);
      return new Map(images.flatMap((image) => (image.compressed ? [] : [[image._id, why(image)]])));
    });
  } finally {
    body.destroy();
  }
}

function why({ error, status }: Image): string {
  return error ? `${error.code}: ${error.message}` : status;
}

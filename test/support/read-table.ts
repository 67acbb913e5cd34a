import { groupProducts, inProductOrder } from '../../src/csv/group-products.js';
import { readRows } from '../../src/csv/read-rows.js';
import type { CsvWarning } from '../../src/domain/csv-warning.js';

/** Limits of a small service. */
export const TABLE_LIMITS = {
  maxFileBytes: 4 * 1024 * 1024,
  maxRows: 1_000,
  maxImagesPerRow: 100,
  maxImageBytes: 1,
  maxImagePixels: 1,
  maxImageFrames: 1_000,
  compressTimeoutSeconds: 1,
  fetchTimeoutMs: 1,
  fetchPerHost: 1,
};

/** Bytes as they come: in pieces of this size. */
export async function* inPieces(bytes: Buffer, size = bytes.length || 1): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** One whole pass over a file. */
export async function readTable(file: string | Buffer, size?: number, limits: Partial<typeof TABLE_LIMITS> = {}) {
  const warnings: CsvWarning[] = [];
  const bytes = Buffer.from(file);
  const all = { ...TABLE_LIMITS, ...limits };
  const { header, kind, batches } = await readRows(inPieces(bytes, size), all, { warn: (each) => warnings.push(each) });
  const rows = [];
  for await (const batch of batches) rows.push(...batch);
  return { header, kind, rows, warnings };
}

/** The products that expansion makes of a file, by what a client sees of them. */
export async function readProducts(file: string | Buffer) {
  const { batches } = await readRows(inPieces(Buffer.from(file)), TABLE_LIMITS);
  const products = [];
  for await (const found of groupProducts(batches)) products.push(...found);
  return products.map(({ images, ...product }) => ({ ...product, urls: inProductOrder(images).map(({ url }) => url) }));
}

import 'reflect-metadata';
import { getModelForClass, type ReturnModelType } from '@typegoose/typegoose';
import mongoose from 'mongoose';
import type { RequestId } from '../domain/ids.js';
import { buildOtherIndexes, buildUniqueIndexes } from './build-indexes.js';
import { FileWarnings } from './file-warnings.js';
import { createFileWarningsStore, type FileWarningsStore } from './file-warnings-store.js';
import { Image } from './image.js';
import { createImageTransitions, type ImageTransitions } from './image-transitions.js';
import { Lease } from './lease.js';
import { createLeaseTransitions, type LeaseTransitions } from './lease-transitions.js';
import { Product } from './product.js';
import { createProductStore, type ProductStore } from './product-store.js';
import { Request } from './request.js';
import { createRequestQueries, type RequestQueries } from './request-queries.js';
import { createRequestTransitions, type RequestTransitions } from './request-transitions.js';
import { Setting } from './setting.js';
import { createSettingsStore, type SettingsStore } from './settings-store.js';
import { SkippedRows } from './skipped-rows.js';
import { createSkippedRowsStore, type SkippedRowsStore } from './skipped-rows-store.js';
import { tellOutages } from './tell-outages.js';
import { createWebhookTransitions, type WebhookTransitions } from './webhook-transitions.js';

export type RequestModel = ReturnModelType<typeof Request>;
export type ImageModel = ReturnModelType<typeof Image>;
export type SettingModel = ReturnModelType<typeof Setting>;
export type LeaseModel = ReturnModelType<typeof Lease>;
export type FileWarningsModel = ReturnModelType<typeof FileWarnings>;
export type SkippedRowsModel = ReturnModelType<typeof SkippedRows>;
export type ProductModel = ReturnModelType<typeof Product>;

/** The database as the rest of the service sees it: every read and every conditional write by its name. */
export interface Database {
  requests: RequestQueries & RequestTransitions;
  images: ImageTransitions;
  products: ProductStore;
  webhooks: WebhookTransitions;
  leases: LeaseTransitions;
  settings: SettingsStore;
  skippedRows: SkippedRowsStore;
  fileWarnings: FileWarningsStore;
  /** Resolves when all its queries are quick; till then it can be used all the same. */
  indexesBuilt(): Promise<void>;
  /** Asks for what the work needs, to read and to change; a ping is answered to anyone. @throws AppError UNAVAILABLE */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** How long to look for a server before an operation fails, in milliseconds: longer than a restart of one. */
const SERVER_SELECTION_MS = 10_000;

/** An id that no request has. */
const NO_REQUEST = 'none' as RequestId;

/** Connects, and begins to make the indexes that are missing: of a large collection that takes its time. */
export async function connectDatabase(uri: string, options: { maxPoolSize: number }): Promise<Database> {
  const connection = await mongoose
    .createConnection(uri, {
      maxPoolSize: options.maxPoolSize,
      serverSelectionTimeoutMS: SERVER_SELECTION_MS,
      writeConcern: { w: 'majority' },
    })
    .asPromise();
  const on = { existingConnection: connection };
  const request = getModelForClass(Request, on);
  const image = getModelForClass(Image, on);
  const product = getModelForClass(Product, on);
  const models = [request, image, product];
  await buildUniqueIndexes(models);
  const building = buildOtherIndexes(models);
  // Heard where it is asked for.
  building.catch(() => undefined);
  return {
    requests: tellOutages({ ...createRequestQueries(request), ...createRequestTransitions(request) }),
    images: tellOutages(createImageTransitions(image)),
    products: tellOutages(createProductStore(product)),
    webhooks: tellOutages(createWebhookTransitions(request)),
    skippedRows: tellOutages(createSkippedRowsStore(getModelForClass(SkippedRows, on))),
    fileWarnings: tellOutages(createFileWarningsStore(getModelForClass(FileWarnings, on))),
    settings: tellOutages(createSettingsStore(getModelForClass(Setting, on))),
    leases: tellOutages(createLeaseTransitions(getModelForClass(Lease, on))),
    indexesBuilt: () => building,
    ...tellOutages({
      async check() {
        // Whether it may be written, not whether it lasts: no other member of a replica set is waited for.
        await request
          .findOneAndUpdate({ _id: NO_REQUEST }, { $set: { revision: 0 } }, { writeConcern: { w: 1 } })
          .exec();
      },
    }),
    close: () => connection.close(),
  };
}

import type { Model } from 'mongoose';

/** Indexes of older versions, by collection and name, that no query needs any more. */
const RETIRED: readonly [string, string][] = [
  ['requests', 'deletedAt_1'],
  ['requests', 'sweepAt_1'],
];
const NOT_THERE = [26, 27];

// What a model holds does not matter here.
type AnyModel = Pick<Model<never>, 'schema' | 'collection'>;

/**
 * Those that guard what is written, before anything is; there they are, or the collection is new.
 * @throws where documents are there already that one of them forbids
 */
export async function buildUniqueIndexes(models: readonly AnyModel[]): Promise<void> {
  await build(models, true);
}

/**
 * All others, which only make queries quick; then those go that older versions had. Nothing else is dropped: an
 * operator may have made indexes of their own.
 */
export async function buildOtherIndexes(models: readonly AnyModel[]): Promise<void> {
  await build(models, false);
  for (const { collection } of models) {
    for (const [, name] of RETIRED.filter(([of]) => of === collection.collectionName)) {
      await collection.dropIndex(name).catch((error: { code?: number }) => {
        if (!NOT_THERE.includes(error.code ?? 0)) throw error;
      });
    }
  }
}

async function build(models: readonly AnyModel[], unique: boolean): Promise<void> {
  for (const { schema, collection } of models) {
    for (const [fields, options] of schema.indexes()) {
      if ((options?.unique === true) !== unique) continue;
      await collection.createIndex(fields as Record<string, 1 | -1>, unique ? { unique } : {});
    }
  }
}

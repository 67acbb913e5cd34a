import { existsSync, readFileSync } from 'node:fs';
import { buildSchema, findBreakingChanges, lexicographicSortSchema, printSchema } from 'graphql';
import { createSchema } from '../../src/graphql/schema.js';

const CONTRACT = new URL('../../../shared/design/schema.graphql', import.meta.url);
const EMITTED = new URL('../../schema/schema.graphql', import.meta.url);

describe('the schema', () => {
  const schema = createSchema();

  it('is the one that is committed in schema/schema.graphql', () => {
    expect(`${printSchema(lexicographicSortSchema(schema))}\n`).toBe(readFileSync(EMITTED, 'utf8'));
  });

  // The contract stands beside the repository where the founders work; elsewhere the committed schema stands for it.
  const contract = existsSync(CONTRACT) ? CONTRACT : EMITTED;
  it('has every name, type and nullability of the public contract', () => {
    expect(findBreakingChanges(buildSchema(readFileSync(contract, 'utf8')), schema)).toEqual([]);
  });
});

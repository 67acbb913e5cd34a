import { existsSync, readFileSync } from 'node:fs';
import { buildSchema, findBreakingChanges, isObjectType, lexicographicSortSchema, printSchema } from 'graphql';
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

  it('describes every type, field, argument and enum value', () => {
    const undescribed = Object.values(schema.getTypeMap())
      .filter((type) => !type.name.startsWith('__'))
      .flatMap((type) => {
        const own =
          type.description || ['String', 'Int', 'ID', 'Float', 'Boolean'].includes(type.name) ? [] : [type.name];
        if (['Query', 'Mutation', 'Subscription'].includes(type.name)) own.length = 0;
        const fields = 'getFields' in type ? Object.values(type.getFields()) : [];
        const values = 'getValues' in type ? type.getValues() : [];
        const args = (isObjectType(type) ? Object.values(type.getFields()) : []).flatMap((field) =>
          field.args.map(({ name, description }) => ({ description, name: `${field.name}(${name})` })),
        );
        return [
          ...own,
          ...[...fields, ...values, ...args]
            .filter((each) => !each.description)
            .map((each) => `${type.name}.${each.name}`),
        ];
      });
    expect(undescribed).toEqual([]);
  });
});

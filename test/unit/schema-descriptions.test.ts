import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { createSchema } from '../../src/graphql/schema.js';

interface Described {
  name: string;
  description?: string | null | undefined;
}

/** A description that says something is more than the name again: this many words, not counting those of the name. */
const LEAST_WORDS = 2;

/** A type, its fields, their arguments, and its values, each by its full name. */
function partsOf(type: GraphQLNamedType): Described[] {
  const within = (parent: string, parts: readonly Described[]) =>
    parts.map(({ name, description }) => ({ name: `${parent}.${name}`, description }));
  const parts: Described[] = [{ name: type.name, description: type.description }];
  if (isEnumType(type)) parts.push(...within(type.name, type.getValues()));
  if (isInputObjectType(type)) parts.push(...within(type.name, Object.values(type.getFields())));
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      parts.push(...within(type.name, [field]), ...within(`${type.name}.${field.name}`, field.args));
    }
  }
  return parts;
}

function saysSomething({ name, description }: Described): boolean {
  const known = name.toLowerCase().split(/[._]/);
  const words = (description ?? '').toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.filter((word) => !known.includes(word)).length >= LEAST_WORDS;
}

describe('the documentation in the playground', () => {
  const types = Object.values(createSchema().getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
  );

  it('says something of every type, field, argument and enum value', () => {
    const parts = types.flatMap(partsOf);
    expect(parts.length).toBeGreaterThan(150);
    expect(parts.filter((part) => !saysSomething(part)).map(({ name }) => name)).toEqual([]);
  });

  it.each([undefined, '', 'Counts.', 'The counts'])('would not let %p pass', (description) => {
    expect(saysSomething({ name: 'Request.counts', description })).toBe(false);
  });
});

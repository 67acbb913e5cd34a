import { buildSchema, GraphQLError, graphqlSync } from 'graphql';
import { MAX_MESSAGE_CHARS } from '../../src/graphql/document-limits.js';
import { createFormatError } from '../../src/graphql/errors.js';
import { unread } from '../support/unread.js';

const schema = buildSchema(`
  input Options { quality: Int, sizes: [Int!] }
  type Query { page(first: Int, options: Options): Int }
`);
const source = 'query ($first: Int, $options: Options) { page(first: $first, options: $options) }';
const formatError = createFormatError(unread.log);

function format(variableValues: Record<string, unknown>) {
  const { errors: [error] = [] } = graphqlSync({ schema, source, variableValues });
  if (!error) throw new Error('the variables were taken');
  return formatError(error.toJSON(), error);
}

describe('the error of a variable', () => {
  it('names the variable, or the field within it', () => {
    expect(format({ first: 1.5 }).extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'first' });
    expect(format({ options: { quality: ' at "x' } }).extensions).toMatchObject({ field: 'quality' });
    expect(format({ options: { quality: 'a'.repeat(1_000) } }).extensions).toMatchObject({ field: 'quality' });
    expect(format({ options: { sizes: [1, 'x'] } }).extensions).toMatchObject({ field: 'options' });
  });

  // Any client may send them, without a key, and an api has one thread: they took minutes.
  it.each([
    ['the sign of a place', { first: { [` at "${'a'.repeat(1_000_000)}`]: 1 } }],
    ['many such signs', { first: { [' at "a'.repeat(200_000)]: 1 } }],
    ['the start of a suggestion', { first: 'Did you mean '.repeat(80_000) }],
  ])('is told at once for a megabyte with %s', (_, variables) => {
    const { message, extensions } = format(variables);
    expect(extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'first' });
    expect(message).toHaveLength(MAX_MESSAGE_CHARS + 1);
  });
});

it('an error goes without the suggestion of other names, wherever its end is', () => {
  const told = `Field "${'x'.repeat(MAX_MESSAGE_CHARS - 60)}" is not defined.`;
  const error = new GraphQLError(`${told} Did you mean "${'name" or "'.repeat(10)}other"?`);
  expect(formatError(error.toJSON(), error).message).toBe(told);
});

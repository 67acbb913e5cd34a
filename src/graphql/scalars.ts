import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { GraphQLUpload, Upload } from 'graphql-upload-minimal';
import { parseUrl } from '../domain/parse-url.js';

/** Made here and not taken from a collection of scalars: four are needed, with descriptions that are ours. */
export const DateTimeScalar = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'A point in time in ISO 8601, in UTC, with milliseconds.',
  serialize: (value) => (value as Date).toISOString(),
  parseValue: (value) => parseDate(value),
  parseLiteral: (node) => parseDate(node.kind === Kind.STRING ? node.value : null, node),
});

export const UrlScalar = new GraphQLScalarType<string, string>({
  name: 'URL',
  description: 'An absolute URL.',
  serialize: String,
  parseValue: (value) => readUrl(value),
  parseLiteral: (node) => readUrl(node.kind === Kind.STRING ? node.value : null, node),
});

export const SafeIntScalar = new GraphQLScalarType<number, number>({
  name: 'SafeInt',
  description: 'A whole number up to 2^53 - 1, for counts of bytes.',
  serialize: Number,
  parseValue: (value) => parseSafeInt(value),
  parseLiteral: (node) => parseSafeInt(node.kind === Kind.INT ? Number(node.value) : null, node),
});

export const UploadScalar = new GraphQLScalarType({
  ...GraphQLUpload.toConfig(),
  description: 'A file of a multipart request (https://github.com/jaydenseric/graphql-multipart-request-spec).',
});

// Where a variable is wrong graphql-js shows what it holds: of a file that would be how the library keeps it.
Object.defineProperty(Upload.prototype, 'toJSON', { value: () => 'a file' });

/** @param node where the value stands in the document: by it a client is told which field it was for */
function refused(message: string, node?: ValueNode): GraphQLError {
  return new GraphQLError(message, node && { nodes: node });
}

function parseDate(value: unknown, node?: ValueNode): Date {
  const date = typeof value === 'string' ? new Date(value) : null;
  if (!date || Number.isNaN(date.getTime())) throw refused('A DateTime is a text in ISO 8601.', node);
  return date;
}

function readUrl(value: unknown, node?: ValueNode): string {
  if (typeof value !== 'string' || !parseUrl(value)) throw refused('A URL is an absolute URL.', node);
  return value;
}

function parseSafeInt(value: unknown, node?: ValueNode): number {
  if (!Number.isSafeInteger(value)) throw refused('A SafeInt is a whole number up to 2^53 - 1.', node);
  return value as number;
}

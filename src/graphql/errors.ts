import { GraphQLError, type GraphQLFormattedError, isConstValueNode, TokenKind } from 'graphql';
import { AppError, type ErrorCode } from '../domain/errors.js';
import type { Log } from '../domain/log.js';
import { MAX_MESSAGE_CHARS } from './document-limits.js';

/** Codes that Apollo Server gives to documents that are wrong: a client's mistake, in the words of our table. */
const CLIENT_MISTAKES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);
/** The end of a message in which a place within a variable is looked for: its names are the schema's, and short. */
const MAX_PLACE_CHARS = 200;

/** The code of what an operation met: one of the table. */
export function codeOf(error: unknown): ErrorCode {
  const original = originalOf(error);
  if (original instanceof AppError) return original.code;
  if (!(error instanceof GraphQLError)) return 'INTERNAL';
  // Without an original error it is the document that is wrong: graphql-js says so itself.
  const isMistake = !error.originalError || CLIENT_MISTAKES.has(String(error.extensions['code']));
  return isMistake || original instanceof GraphQLError ? 'BAD_USER_INPUT' : 'INTERNAL';
}

function originalOf(error: unknown): unknown {
  return error instanceof GraphQLError ? (error.originalError ?? error) : error;
}

/** An error as clients see it, over HTTP and WebSocket alike: a code of the table and a sentence, nothing of ours. */
export function createFormatError(log: Log) {
  return ({ message, path, locations }: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const place = { ...(locations && { locations }), ...(path && { path }) };
    const original = originalOf(error);
    const code = codeOf(error);
    if (original instanceof AppError) {
      return { message: original.message, ...place, extensions: { code, ...original.details } };
    }
    if (code === 'BAD_USER_INPUT') {
      if (!(original instanceof GraphQLError)) return { message: tidy(message), ...place, extensions: { code } };
      const field = variableOf(message, original.message) ?? literalOf(original);
      const told = field === null ? original.message : `${field}: ${original.message}`;
      return { message: tidy(told), ...place, extensions: { code, ...(field !== null && { field }) } };
    }
    log.error({ error: original }, 'resolver failed');
    return { message: 'Something went wrong on our side.', ...place, extensions: { code } };
  };
}

/**
 * What a value of the variables was for. graphql-js puts it before the reason, with the value itself, which may be long:
 * `Variable "$options" got invalid value 1.5 at "options.quality"; Int cannot represent non-integer value: 1.5`.
 */
function variableOf(message: string, reason: string): string | null {
  if (!message.endsWith(`; ${reason}`)) return null;
  const before = message.slice(0, -reason.length - 2);
  const [, variable] = /^Variable "\$(\w+)" got invalid value /.exec(before) ?? [];
  if (variable === undefined) return null;
  // The value between is as long as a client likes, and is not searched.
  const [, field] = / at "[^"]*?(\w+)"$/.exec(before.slice(-MAX_PLACE_CHARS)) ?? [];
  return field ?? variable;
}

/** What a value within the document was for: the name before its colon. */
function literalOf({ nodes: [node] = [] }: GraphQLError): string | null {
  if (!node?.loc || !isConstValueNode(node)) return null;
  const colon = node.loc.startToken.prev;
  return colon?.kind === TokenKind.COLON ? (colon.prev?.value ?? null) : null;
}

/** Without graphql-js's suggestions of other names, and not longer than a person reads. */
function tidy(message: string): string {
  // Twice as much is enough for what is told and a suggestion; the rest, which a client may have written, is not searched.
  const head = message.slice(0, 2 * MAX_MESSAGE_CHARS);
  const plain = head.replace(/ ?Did you mean [^?]*\?/g, '').trim();
  return plain.length > MAX_MESSAGE_CHARS ? `${plain.slice(0, MAX_MESSAGE_CHARS)}…` : plain;
}

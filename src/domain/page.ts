import { badInput } from './errors.js';

/** A page of a list, in the terms of Relay's connections. */
export interface Page<T> {
  edges: { cursor: string; node: T }[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}

export interface PageInput {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

const DEFAULT_SIZE = 20;
const MAX_SIZE = 100;

/** How many a client asks for, and from which end. @throws AppError BAD_USER_INPUT */
export function pageSize({ first, last }: PageInput): { size: number; backward: boolean } {
  if (isGiven(first) && isGiven(last)) throw badInput('last', 'Give first or last, not both.');
  const [field, size] = isGiven(last) ? (['last', last] as const) : (['first', first ?? DEFAULT_SIZE] as const);
  if (!Number.isInteger(size) || size < 1 || size > MAX_SIZE) {
    throw badInput(field, `${field} is a whole number from 1 to ${MAX_SIZE}.`);
  }
  return { size, backward: field === 'last' };
}

function isGiven(value: number | null | undefined): value is number {
  return value !== null && value !== undefined;
}

/** A page out of `size + 1` items that were read, the one too many telling that there are more. */
export function toPage<T>(items: T[], size: number, cursorOf: (item: T) => string, input: PageInput): Page<T> {
  const backward = isGiven(input.last);
  const more = items.length > size;
  const kept = backward ? items.slice(-size) : items.slice(0, size);
  return {
    edges: kept.map((node) => ({ cursor: cursorOf(node), node })),
    hasNextPage: backward ? isPresent(input.before) : more,
    hasPreviousPage: backward ? more : isPresent(input.after),
  };
}

function isPresent(cursor: string | null | undefined): cursor is string {
  return cursor !== null && cursor !== undefined;
}

/** A cursor is opaque to clients: the place in the list's order, in base64url. */
export function encodeCursor(...place: (string | number)[]): string {
  return Buffer.from(place.join('|')).toString('base64url');
}

/** The place after which a page of a request's parts begins; null where it is the first. @throws AppError BAD_USER_INPUT */
export function placeOf(after: string | null | undefined): number | null {
  return isPresent(after) ? Number(decodeCursor('after', after, /^(\d{1,10})$/)[0]) : null;
}

/** The whole numbers and texts of a cursor that we gave out. @throws AppError BAD_USER_INPUT for any other text */
export function decodeCursor(field: 'after' | 'before', cursor: string, pattern: RegExp): string[] {
  const match = pattern.exec(Buffer.from(cursor, 'base64url').toString());
  if (!match) throw badInput(field, `${field} is not a cursor of this list.`);
  return match.slice(1);
}

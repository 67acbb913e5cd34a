import type { Cursors } from './cursors.js';
import { type Doc, isPlain } from './documents.js';
import { MongoError } from './mongo-error.js';
import type { ScanStats } from './scan.js';
import type { Store } from './store.js';

/** What a command is run with. */
export interface CommandContext {
  store: Store;
  cursors: Cursors;
  /** Whether new documents may be written. */
  hasRoom: () => Promise<boolean>;
  stats: ScanStats & { commands: Record<string, number> };
}

/** An answer, or its BSON where the documents in it are not to be coded anew. */
export type Reply = Doc | Buffer;

export type Command = (command: Doc, context: CommandContext) => Promise<Reply>;

export function namespaceOf(command: Doc, name: string): string {
  const collection = command[name];
  if (typeof collection !== 'string' || collection === '') throw new MongoError('BadValue', 'a collection is needed');
  return `${String(command['$db'])}.${collection}`;
}

/** @throws MongoError where there is no room for new documents */
export async function checkRoom({ hasRoom }: CommandContext): Promise<void> {
  if (!(await hasRoom())) throw new MongoError('OutOfDiskSpace', 'there is no room for new documents');
}

export function docOf(value: unknown): Doc {
  if (value === undefined || value === null) return {};
  if (!isPlain(value)) throw new MongoError('TypeMismatch', 'an object is needed');
  return value;
}

export function numberOf(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value);
}

import { aggregate } from './aggregate.js';
import { type Command, type CommandContext, checkRoom, docOf, namespaceOf, numberOf, type Reply } from './command.js';
import { compileFilter, compileProjection, type Doc, encodeDocument, MAX_DOCUMENT_BYTES } from './documents.js';
import { indexCommands } from './index-commands.js';
import { MongoError } from './mongo-error.js';
import { countMatching, type FindOptions, find, findToWrite } from './scan.js';
import { type Found, toStep } from './store.js';
import { MAX_MESSAGE_BYTES } from './wire.js';
import { writeCommands } from './write-commands.js';

/** MongoDB 7.0's protocol; a standalone server, so that drivers send neither sessions' transactions nor retries. */
const HELLO = {
  helloOk: true,
  ismaster: true,
  isWritablePrimary: true,
  maxBsonObjectSize: MAX_DOCUMENT_BYTES,
  maxMessageSizeBytes: MAX_MESSAGE_BYTES,
  maxWriteBatchSize: 100_000,
  minWireVersion: 0,
  maxWireVersion: 21,
  readOnly: false,
  ok: 1,
};

const hello: Command = async () => ({ ...HELLO, localTime: new Date() });
const ok: Command = async () => ({ ok: 1 });

const COMMANDS: Readonly<Record<string, Command>> = {
  hello,
  ismaster: hello,
  isMaster: hello,
  ping: ok,
  endSessions: ok,
  buildInfo: async () => ({ version: '7.0.0', versionArray: [7, 0, 0, 0], ok: 1 }),
  find: findCommand,
  findAndModify,
  aggregate: aggregateCommand,
  async count(command, { store, stats }) {
    const collection = store.catalog.find(namespaceOf(command, 'count'));
    return { n: await countMatching(store, collection, docOf(command['query']), stats), ok: 1 };
  },
  async distinct(command, context) {
    const path = String(command['key']);
    const pipeline = [{ $match: docOf(command['query']) }, { $unwind: `$${path}` }, { $group: { _id: `$${path}` } }];
    const collection = context.store.catalog.find(namespaceOf(command, 'distinct'));
    const groups = await aggregate(context.store, collection, pipeline, context.stats);
    return { values: groups.map((group) => group['_id']), ok: 1 };
  },
  getMore: (command, { cursors }) => cursors.more(BigInt(String(command['getMore'])), numberOf(command['batchSize'])),
  killCursors: (command, { cursors }) =>
    cursors.kill((command['cursors'] as unknown[]).map((id) => BigInt(String(id)))),
  ...writeCommands,
  ...indexCommands,
};

/** Runs one command. @throws MongoError CommandNotFound for any that is not here */
export function runCommand(command: Doc, context: CommandContext): Promise<Reply> {
  const name = Object.keys(command)[0] ?? '';
  const run = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!run) throw new MongoError('CommandNotFound', `no such command: '${name.slice(0, 100)}'`);
  context.stats.commands[name] = (context.stats.commands[name] ?? 0) + 1;
  return run(command, context);
}

async function findCommand(command: Doc, { store, cursors, stats }: CommandContext): Promise<Reply> {
  const namespace = namespaceOf(command, 'find');
  const limit = numberOf(command['limit']) ?? 0;
  const options: FindOptions = {
    filter: docOf(command['filter']),
    sort: docOf(command['sort']) as Record<string, 1 | -1>,
    skip: numberOf(command['skip']),
    limit: Math.abs(limit),
  };
  const projection = docOf(command['projection']);
  const project = Object.keys(projection).length > 0 ? compileProjection(projection) : null;
  const single = command['singleBatch'] === true || limit < 0;
  const found = find(store, store.catalog.find(namespace), options, stats);
  return cursors.open(projected(found, project), namespace, numberOf(command['batchSize']), single);
}

async function* projected(
  found: AsyncIterable<Found>,
  project: ((document: Doc) => Doc) | null,
): AsyncGenerator<Buffer> {
  for await (const { document, bytes } of found) yield project ? encodeDocument(project(document)) : bytes;
}

async function aggregateCommand(command: Doc, { store, cursors, stats }: CommandContext): Promise<Reply> {
  const namespace = namespaceOf(command, 'aggregate');
  const pipeline = command['pipeline'];
  if (!Array.isArray(pipeline)) throw new MongoError('TypeMismatch', "'pipeline' must be an array");
  const results = await aggregate(store, store.catalog.find(namespace), pipeline as Doc[], stats);
  const batchSize = numberOf(docOf(command['cursor'])['batchSize']);
  return cursors.open(encoded(results), namespace, batchSize, false);
}

async function* encoded(documents: Doc[]): AsyncGenerator<Buffer> {
  for (const document of documents) yield encodeDocument(document);
}

/** The first that matches is changed; where another write came between, the next that matches. */
async function findAndModify(command: Doc, context: CommandContext): Promise<Doc> {
  const { store, stats } = context;
  const namespace = namespaceOf(command, 'findAndModify');
  const filter = docOf(command['query']);
  const project = compileProjection(docOf(command['fields']));
  const answer = (value: Doc | null, lastErrorObject: Doc): Doc => {
    return { lastErrorObject, value: value && project(value), ok: 1 };
  };
  const matches = compileFilter(filter);
  const step = command['remove'] ? null : toStep(filter, command['update']);
  const collection = store.catalog.find(namespace);
  const sort = docOf(command['sort']) as Record<string, 1 | -1>;
  for await (const { key } of findToWrite(store, collection, { filter, sort }, stats)) {
    if (!collection) break;
    if (!step) {
      const removed = await store.remove(collection, key, matches);
      if (removed) return answer(removed, { n: 1 });
      continue;
    }
    const updated = await store.update(collection, key, step);
    if (updated) return answer(command['new'] ? updated.after : updated.before, { n: 1, updatedExisting: true });
  }
  if (!step || !command['upsert']) return answer(null, { n: 0, ...(step && { updatedExisting: false }) });
  await checkRoom(context);
  const { document, inserted } = await store.upsert(namespace, step);
  const told = { n: 1, updatedExisting: !inserted, ...(inserted && { upserted: document['_id'] }) };
  return answer(command['new'] ? document : null, told);
}

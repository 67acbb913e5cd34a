import { readFileSync } from 'node:fs';
import type { Router } from 'express';
import FormData from 'form-data';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { createDownloads } from '../../src/http/downloads.js';
import { createEvents } from '../../src/http/events.js';
import { createRest } from '../../src/http/rest.js';
import { openedGraphQLSocket, openGraphQLSocket } from '../support/graphql-socket.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const OWN = { 'x-api-key': 'secret-of-ann' };
const FOREIGN = { authorization: 'Bearer secret-of-bob' };
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

let origin: Origin;
let service: Service;
/** What ann made: a request that has ended, and one of each of its parts. */
let made: { request: string; product: string; image: string; objects: string[]; cursor: string };

beforeAll(async () => {
  origin = await startOrigin();
  service = await startService({ API_KEYS: 'ann:secret-of-ann,bob:secret-of-bob' });
  const requestId = await upload(OWN);
  const query = `query($id: ID!) { requests { pageInfo { endCursor } } request(id: $id) { status products { nodes { id } }
    images { nodes { id original { url } compressed { url } } } } }`;
  made = await waitFor('the end', async () => {
    const { data } = await ask(query, { id: requestId }, OWN);
    if (data.request.status !== 'COMPLETED') return null;
    const image = data.request.images.nodes[0];
    return {
      request: requestId,
      product: data.request.products.nodes[0].id,
      image: image.id,
      objects: [image.original.url, image.compressed.url],
      cursor: data.requests.pageInfo.endCursor,
    };
  });
});
afterAll(async () => {
  expect(await service.stop()).toBe(0);
  await origin.close();
});

async function upload(headers: Record<string, string>): Promise<string> {
  const form = new FormData();
  form.append('file', `No,Name,Images\n1,Lamp,${origin.url}/lamp.jpg\n`, { filename: 'lamps.csv' });
  const body = new Uint8Array(form.getBuffer());
  const init = { method: 'POST', body, headers: { ...form.getHeaders(), ...headers } };
  const answer = await fetch(`${service.url}/api/upload`, init);
  return ((await answer.json()) as { requestId: string }).requestId;
}

// The answers of many different documents; each test says what it expects of its own.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Answer = { data: any; errors?: { extensions: { code: string } }[] };

async function ask(query: string, variables: object, headers: Record<string, string>): Promise<Answer> {
  const body = JSON.stringify({ query, variables });
  const init = { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } };
  return (await fetch(`${service.url}/graphql`, init)).json() as Promise<Answer>;
}

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));

/** An operation that asks a root field for something, with this id. */
function operationOf(kind: string, field: GraphQLField<unknown, unknown>, id: string): string {
  const args = field.args.filter(isRequiredArgument).map(({ name }) => `${name}: ${JSON.stringify(id)}`);
  const type = getNamedType(field.type);
  const selection = isLeafType(type) ? '' : `{ __typename ${leavesOf(type as GraphQLObjectType)} }`;
  return `${kind} { ${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''} ${selection} }`;
}

function leavesOf(type: GraphQLObjectType): string {
  const fields = isObjectType(type) ? Object.values(type.getFields()) : [];
  return fields.flatMap(({ name, type: of }) => (isLeafType(getNamedType(of)) ? [name] : [])).join(' ');
}

const rootFields = (type: GraphQLObjectType | null | undefined) => Object.values(type?.getFields() ?? {});
const ids = () => [made.request, made.product, made.image];

describe('a foreign key sees nothing of another’s', () => {
  it('by any query: each field of the schema that takes an id answers null, as for an id that is not there', async () => {
    const withId = rootFields(schema.getQueryType()).filter(({ args }) => args.some(isRequiredArgument));
    expect(withId.map(({ name }) => name).sort()).toEqual(['node', 'product', 'request']);
    for (const field of withId) {
      const seen = [];
      for (const id of ids()) {
        const query = operationOf('query', field, id);
        const foreign = await ask(query, {}, FOREIGN);
        expect(foreign).toEqual(await ask(operationOf('query', field, UNKNOWN), {}, FOREIGN));
        expect(foreign.data).toEqual({ [field.name]: null });
        seen.push((await ask(query, {}, OWN)).data[field.name]);
      }
      // The owner's own key sees at least one of them: the walk does walk.
      expect(seen.filter(Boolean).length).toBeGreaterThan(0);
    }
  });

  it('by any list: pages and counts are of its own alone, also from another’s cursor on', async () => {
    const query = '{ requests { totalCount nodes { id } } }';
    expect((await ask(query, {}, FOREIGN)).data.requests).toEqual({ totalCount: 0, nodes: [] });
    const before = `{ requests(last: 10, before: ${JSON.stringify(made.cursor)}) { nodes { id } } }`;
    expect((await ask(before, {}, FOREIGN)).data.requests.nodes).toEqual([]);
    expect((await ask(query, {}, OWN)).data.requests.totalCount).toBe(1);
  });

  it('by any mutation: each one that takes an id answers NOT_FOUND, and changes nothing', async () => {
    const takesId = ({ args }: GraphQLField<unknown, unknown>) => args.some(({ name }) => name === 'id');
    const [mutations, others] = [true, false].map((takes) =>
      rootFields(schema.getMutationType()).filter((field) => takesId(field) === takes),
    );
    expect(others?.map(({ name }) => name).sort()).toEqual(['checkCsv', 'uploadCsv']);
    for (const field of mutations ?? []) {
      const { errors } = await ask(operationOf('mutation', field, made.request), {}, FOREIGN);
      expect([field.name, errors?.[0]?.extensions]).toEqual([field.name, { code: 'NOT_FOUND' }]);
    }
    expect((await ask(`{ request(id: "${made.request}") { status } }`, {}, OWN)).data.request.status).toBe('COMPLETED');
  });

  it('by any subscription, nor by a query over WebSocket', async () => {
    const client = await openedGraphQLSocket(service.url, FOREIGN);
    for (const field of rootFields(schema.getSubscriptionType())) {
      const query = operationOf('subscription', field, made.request);
      client.send({ id: field.name, type: 'subscribe', payload: { query } });
      expect((await client.receive('next')).payload).toMatchObject({
        data: null,
        errors: [{ extensions: { code: 'NOT_FOUND' } }],
      });
    }
    client.messages.length = 0;
    client.send({ id: 'q', type: 'subscribe', payload: { query: `{ request(id: "${made.request}") { id } }` } });
    expect((await client.receive('next')).payload).toEqual({ data: { request: null } });
    client.socket.close();
  });

  it('by any REST path', async () => {
    const paths = [
      '/status/:requestId',
      '/status/:requestId/events',
      '/requests/:requestId/input.csv',
      '/requests/:requestId/output.csv',
      '/requests/:requestId/errors.csv',
      '/requests/:requestId/results.zip',
    ];
    // None of the paths that there are is missing here: these routers serve everything under /api.
    const deps = { stopping: new AbortController().signal } as never;
    const served = [createRest(deps), createEvents(deps), createDownloads(deps)].flatMap((router: Router) =>
      router.stack.flatMap(({ route }) => (route ? [route.path].flat() : [])),
    );
    expect(served.filter((path) => !path.startsWith('/upload')).sort()).toEqual([...paths].sort());
    for (const path of paths) {
      const url = `${service.url}/api${path.replace(':requestId', made.request)}`;
      const [own, foreign, none] = await Promise.all([OWN, FOREIGN, {}].map((headers) => fetch(url, { headers })));
      expect([path, own?.status, foreign?.status, none?.status]).toEqual([path, 200, 404, 401]);
      expect(await foreign?.json()).toMatchObject({ error: { code: 'NOT_FOUND' } });
    }
  });

  it('by the URL of an object, which an <img> without a key shows', async () => {
    for (const url of made.objects) {
      const [own, foreign, none] = await Promise.all([OWN, FOREIGN, {}].map((headers) => fetch(url, { headers })));
      expect([own?.status, foreign?.status, none?.status]).toEqual([200, 404, 200]);
      expect(new URL(url).pathname).toMatch(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/);
    }
  });

  it('by an idempotency key: the same one of two owners means two requests', async () => {
    const key = { 'idempotency-key': 'same' };
    expect(await upload({ ...FOREIGN, ...key })).not.toBe(await upload({ ...OWN, ...key }));
  });
});

describe('an API key', () => {
  it.each([
    ['none', {}],
    ['a wrong one', { 'x-api-key': 'secret-of-ana' }],
    ['a part of one', { authorization: 'Bearer secret-of-an' }],
    ['the name of one', { authorization: 'Bearer ann' }],
    ['another scheme', { authorization: 'Basic secret-of-ann' }],
  ])('is needed: %s is answered with UNAUTHENTICATED, over every interface', async (_, headers) => {
    for (const path of [
      '/api/status/x',
      '/api/status/x/events',
      '/api/requests/x/output.csv',
      '/api/requests/x/errors.csv',
      '/api/requests/x/results.zip',
    ]) {
      expect((await fetch(`${service.url}${path}`, { headers })).status).toBe(401);
    }
    const { errors } = await ask('{ requests { totalCount } }', {}, headers as Record<string, string>);
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    const client = await openGraphQLSocket(service.url);
    client.send({ type: 'connection_init', payload: headers });
    expect(await client.greeted()).toBe(4403);
  });

  it('is a text over WebSocket: anything else is none', async () => {
    for (const authorization of [{ toString: 1 }, ['Bearer secret-of-ann'], 1]) {
      const client = await openGraphQLSocket(service.url);
      client.send({ type: 'connection_init', payload: { authorization } });
      expect(await client.greeted()).toBe(4403);
    }
  });

  it('comes over WebSocket in connectionParams or in the headers', async () => {
    const byParams = await openedGraphQLSocket(service.url, { Authorization: 'Bearer secret-of-ann' });
    byParams.socket.close();
    const byHeader = await openGraphQLSocket(service.url, { headers: OWN });
    byHeader.send({ type: 'connection_init' });
    expect(await byHeader.greeted()).toBe('served');
    byHeader.socket.close();
  });
});

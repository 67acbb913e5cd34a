import { getIntrospectionQuery } from 'graphql';
import { openedGraphQLSocket, openGraphQLSocket } from '../support/graphql-socket.js';
import { type Service, startService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

let service: Service;

beforeAll(async () => {
  service = await startService({ MAX_SOCKETS_PER_CLIENT: '20' });
});
afterAll(async () => {
  expect(await service.stop()).toBe(0);
});

const VERSION = { query: '{ version }' };

describe('a WebSocket is closed', () => {
  it.each<[string, number, (object | string)[]]>([
    ['a message that is no JSON', 4400, ['nonsense']],
    ['a message of no known type', 4400, [{ type: 'start' }]],
    ['a message that only a server sends', 4400, [{ type: 'connection_ack' }]],
    ['an operation without an id', 4400, [{ type: 'connection_init' }, { type: 'subscribe', payload: VERSION }]],
    ['a payload that is none', 4400, [{ type: 'connection_init' }, { id: '1', type: 'subscribe', payload: 'x' }]],
    ['an operation before the hello', 4401, [{ id: '1', type: 'subscribe', payload: VERSION }]],
    ['a second hello', 4429, [{ type: 'connection_init' }, { type: 'connection_init' }]],
    ['a message that is too large', 1009, [{ type: 'ping', payload: { text: 'x'.repeat(1_100_000) } }]],
  ])('after %s with %i', async (_, code, messages) => {
    const client = await openGraphQLSocket(service.url);
    for (const message of messages) client.send(message);
    expect((await client.closed()).code).toBe(code);
  });

  it('with 4406 for a protocol that is not served', async () => {
    const client = await openGraphQLSocket(service.url, { protocol: 'graphql-transport-ws' });
    client.socket.close();
    await expect(openGraphQLSocket(service.url, { protocol: 'graphql-ws' })).rejects.toThrow('subprotocol');
  });

  it('with 4408 where no hello comes', async () => {
    const client = await openGraphQLSocket(service.url);
    expect(await client.closed()).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
  });

  it('with 4409 where an operation takes the id of one that is under way', async () => {
    const client = await openedGraphQLSocket(service.url);
    const query = 'subscription { requestStatus(id: "00000000-0000-4000-8000-000000000000") { request { id } } }';
    for (let time = 0; time < 50; time++) client.send({ id: '1', type: 'subscribe', payload: { query } });
    expect((await client.closed()).code).toBe(4409);
  });

  it('with 1013 for a client that does not read what it asks for, which then holds nothing', async () => {
    const client = await openedGraphQLSocket(service.url);
    client.socket.pause();
    const query = getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true });
    let id = 0;
    await waitFor('the service to turn it away', () => {
      for (let more = 0; more < 10; more++) client.send({ id: String(id++), type: 'subscribe', payload: { query } });
      return service.log.some((line) => line.includes('Too slow'));
    });
    client.socket.resume();
    // It is told, where it has read so far before the connection is cut.
    expect([1006, 1013]).toContain((await client.closed()).code);
  });
});

describe('a WebSocket', () => {
  it('holds a hundred operations at once, and says so of the next', async () => {
    const client = await openedGraphQLSocket(service.url);
    const query = '{ requests { nodes { products { totalCount } } } }';
    for (let index = 0; index < 150; index++) {
      client.send({ id: String(index), type: 'subscribe', payload: { query } });
    }
    const { payload } = await client.receive('error');
    expect(payload).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
    client.socket.close();
  });

  it('is one of at most so many of one client', async () => {
    const clients = await Promise.all(Array.from({ length: 19 }, () => openedGraphQLSocket(service.url)));
    const hello = async () => {
      const more = await openGraphQLSocket(service.url);
      more.send({ type: 'connection_init' });
      const greeted = await more.greeted();
      more.socket.close();
      return greeted;
    };
    clients.push(await openedGraphQLSocket(service.url));
    expect(await hello()).toBe(1013);
    for (const { socket } of clients) socket.close();
    await waitFor('places to be free again', async () => (await hello()) === 'served');
  });

  it('answers pings, and stays open for a client that answers its own', async () => {
    const client = await openedGraphQLSocket(service.url);
    client.send({ type: 'ping', payload: { a: 1 } });
    expect(await client.receive('pong')).toMatchObject({ payload: { a: 1 } });
    client.socket.close();
  });
});

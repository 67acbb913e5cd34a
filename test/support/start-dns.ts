import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { type Answer, decode, encode } from 'dns-packet';

export interface TestDns {
  /** The addresses of a name, as they are at this moment: for `createAddressGuard`. */
  lookup(hostname: string): Promise<{ address: string; family: number }[]>;
  /** How often each name was asked for. */
  asked: Map<string, number>;
  /** Its address, for a resolver. */
  servers: string[];
  close(): void;
}

/**
 * A DNS server of the test's own.
 * @param zone the addresses of each name, for its first question, its second and so on; the last ones stay
 * @param unanswered names that are never answered
 */
export async function startDns(zone: Readonly<Record<string, string[][]>>, unanswered = /^$/): Promise<TestDns> {
  const asked = new Map<string, number>();
  const server = createSocket('udp4');
  server.on('message', (message, { port, address }) => {
    const { id, questions = [] } = decode(message);
    const [question] = questions;
    if (!question || unanswered.test(question.name)) return;
    const turns = zone[question.name] ?? [];
    const turn = asked.get(question.name) ?? 0;
    if (question.type === 'A') asked.set(question.name, turn + 1);
    const addresses = turns[Math.min(turn, turns.length - 1)] ?? [];
    const answers = addresses.flatMap((data): Answer[] => {
      const type = data.includes(':') ? 'AAAA' : 'A';
      // A time to live of 0: nobody on the way may remember it.
      return type === question.type ? [{ name: question.name, type, ttl: 0, data }] : [];
    });
    const rcode = turns.length === 0 ? 3 : 0;
    server.send(encode({ id: id ?? 0, type: 'response', flags: 0x8400 | rcode, questions, answers }), port, address);
  });
  await new Promise<void>((listening) => server.bind(0, '127.0.0.1', listening));
  const resolver = new Resolver({ timeout: 2_000, tries: 1 });
  const servers = [`127.0.0.1:${server.address().port}`];
  resolver.setServers(servers);
  return {
    asked,
    servers,
    async lookup(hostname) {
      const six = await resolver.resolve6(hostname).catch(() => []);
      const four = await resolver.resolve4(hostname).catch((error) => (six.length > 0 ? [] : Promise.reject(error)));
      return [...six.map((address) => ({ address, family: 6 })), ...four.map((address) => ({ address, family: 4 }))];
    },
    close: () => server.close(),
  };
}

import type { LookupAddress } from 'node:dns';
import { lookup as lookUpBySystem, Resolver } from 'node:dns/promises';
import { TimeoutError, withinTime } from '../domain/within-time.js';

/** For one name, in milliseconds. */
const LOOKUP_TIMEOUT_MS = 5_000;
/** A server is asked again after 1.5 s, and is given twice as long then: all of it before the time of the name ends. */
const ASK = { timeout: 1_500, tries: 2 };
/** The time ended, for all servers or for the name. */
const SILENCE = new Set(['ETIMEOUT', 'ECANCELLED']);

/** Every address of a name, the families by turns. @throws an error with a code of DNS */
export type LookUp = (hostname: string) => Promise<LookupAddress[]>;

export interface LookUpOptions {
  /** As the guard's: whoever set it vouches for the names in it. */
  allow: readonly string[];
  /** The DNS servers to ask; the system's if left out. */
  servers?: readonly string[];
  /** Looks up as the system does; getaddrinfo if left out. */
  system?: LookUp;
}

/**
 * Looks names up by DNS, and by the system where DNS knows none. Both threads that libuv has for getaddrinfo are held
 * for ten seconds or more by two names whose servers never answer, and all other names, and images that are decoded,
 * wait for them; a question to DNS holds no thread. What only the system knows (its hosts file, search domains, mDNS)
 * is asked one name after the other, which leaves a thread to names that FETCH_ALLOW has: those it is asked at once.
 */
export function createLookUp({ allow, servers, system = bySystem }: LookUpOptions): LookUp {
  const vouchedFor = new Set(allow.map((entry) => entry.toLowerCase().replace(/:\d+$/, '')));
  let last: Promise<unknown> = Promise.resolve();
  const inTurn: LookUp = (hostname) => {
    const until = performance.now() + LOOKUP_TIMEOUT_MS;
    const found = last.then(() => {
      // Nobody waits for it any more.
      if (performance.now() >= until) throw new TimeoutError(LOOKUP_TIMEOUT_MS);
      return system(hostname);
    });
    last = found.catch(() => undefined);
    return inTime(hostname, found);
  };
  return async (hostname) => {
    if (vouchedFor.has(hostname)) return inTime(hostname, system(hostname));
    // A name without a dot is none of DNS before a search domain is added.
    const found = /\../.test(hostname) ? await askDns(hostname, servers) : [];
    return found.length > 0 ? found : inTurn(hostname);
  };
}

/** None where DNS knows none. @throws where it is silent */
async function askDns(hostname: string, servers?: readonly string[]): Promise<LookupAddress[]> {
  // A new one reads which servers the system has now, and remembers no answer.
  const resolver = new Resolver(ASK);
  if (servers) resolver.setServers(servers);
  const timer = setTimeout(() => resolver.cancel(), LOOKUP_TIMEOUT_MS);
  const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  clearTimeout(timer);
  const found = byTurns(
    four.status === 'fulfilled' ? four.value.map((address) => ({ address, family: 4 })) : [],
    six.status === 'fulfilled' ? six.value.map((address) => ({ address, family: 6 })) : [],
  );
  const silence = [four, six].find((each) => each.status === 'rejected' && SILENCE.has(each.reason.code));
  if (found.length === 0 && silence) throw unanswered(hostname, silence);
  return found;
}

function byTurns<T>(these: readonly T[], those: readonly T[]): T[] {
  return Array.from({ length: Math.max(these.length, those.length) }, (_, at) => [
    ...these.slice(at, at + 1),
    ...those.slice(at, at + 1),
  ]).flat();
}

function bySystem(hostname: string): Promise<LookupAddress[]> {
  return lookUpBySystem(hostname, { all: true });
}

/** getaddrinfo cannot be stopped: it is left to itself. */
function inTime(hostname: string, found: Promise<LookupAddress[]>): Promise<LookupAddress[]> {
  return withinTime(found, LOOKUP_TIMEOUT_MS).catch((error: unknown) => {
    throw error instanceof TimeoutError ? unanswered(hostname, error) : error;
  });
}

function unanswered(hostname: string, cause: unknown): Error {
  return Object.assign(new Error(`no answer for ${hostname} in time`, { cause }), { code: 'ETIMEOUT' });
}

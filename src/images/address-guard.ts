import { BlockList, isIP, isIPv6, type Socket } from 'node:net';
import { Agent, buildConnector, type Dispatcher, errors } from 'undici';
import { ProcessingError } from '../domain/processing-error.js';
import { withinTime } from '../domain/within-time.js';
import { createLookUp, type LookUp } from './look-up.js';
import { isSpecialAddress } from './special-addresses.js';

/** For a connection, with the look-up of its name and all addresses that are tried, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Addresses of a name that are tried: how many it has, a stranger says. */
const MAX_ADDRESSES = 4;
const OPEN_PORTS = new Set([80, 443]);

export interface AddressGuardOptions {
  /** Hosts, `host:port` or CIDRs that may be reached although they are private or on another port (FETCH_ALLOW). */
  allow: readonly string[];
  /** DNS, and then the system, if left out. */
  lookup?: LookUp;
  /** Opens a connection to an address; undici's own connector if left out. */
  connect?: buildConnector.connector;
  /** Connections at once to one origin, wherever the way to it began; what is over it waits. */
  perOrigin?: number;
}

export interface AddressGuard {
  /** Refuses what the URL itself tells: scheme, or a literal address. @throws ProcessingError BLOCKED_ADDRESS */
  checkUrl(url: URL): void;
  /** Connects only to addresses that were checked: each answer of DNS, and the socket's peer once it is connected. */
  dispatcher: Dispatcher;
  close(): Promise<void>;
}

/**
 * Keeps fetches away from private networks. undici's `connect.lookup` does not see IP literals, so the check is made
 * in a connector: the name is looked up once, and the connection goes to an address that was checked.
 */
export function createAddressGuard(options: AddressGuardOptions): AddressGuard {
  const isAllowed = parseAllowed(options.allow);
  const lookup = options.lookup ?? createLookUp(options);
  const connect = options.connect ?? buildConnector({ timeout: CONNECT_TIMEOUT_MS });

  const refuse = (hostname: string, port: number, address: string) => {
    if (isAllowed(hostname, port, address)) return;
    if (isSpecialAddress(address)) throw blocked(`The address of ${hostname} is not public.`);
    if (!OPEN_PORTS.has(port)) throw blocked(`Port ${port} is not allowed.`);
  };

  const connectChecked = async (target: buildConnector.Options): Promise<Socket> => {
    const until = performance.now() + CONNECT_TIMEOUT_MS;
    const hostname = stripBrackets(target.hostname);
    const port = Number(target.port || (target.protocol === 'https:' ? 443 : 80));
    const found = isIP(hostname) ? [{ address: hostname }] : await withinTime(lookup(hostname), CONNECT_TIMEOUT_MS);
    for (const { address } of found) refuse(hostname, port, address);
    const servername = target.servername ?? (isIP(hostname) ? undefined : hostname);
    let failure: unknown = new Error(`${hostname} has no address`);
    const tried = found.slice(0, MAX_ADDRESSES);
    for (const [at, { address }] of tried.entries()) {
      try {
        const checked = { ...target, hostname: address, ...(servername && { servername }) };
        // Each has an equal part of what is left.
        const socket = await connectTo(connect, checked, (until - performance.now()) / (tried.length - at));
        const peer = socket.remoteAddress ?? '';
        try {
          refuse(hostname, port, peer);
        } catch (error) {
          socket.destroy();
          throw error;
        }
        return socket;
      } catch (error) {
        if (error instanceof ProcessingError) throw error;
        failure = error;
      }
    }
    throw failure;
  };

  const agent = new Agent({
    connections: options.perOrigin ?? null,
    connect: (target, callback) => {
      connectChecked(target).then(
        (socket) => callback(null, socket),
        (error: Error) => callback(error, null),
      );
    },
  });

  return {
    checkUrl(url) {
      if (url.protocol !== 'http:' && url.protocol !== 'https:') throw blocked(`${url.protocol} is not http or https.`);
      const hostname = stripBrackets(url.hostname);
      if (isIP(hostname)) refuse(hostname, Number(url.port || (url.protocol === 'https:' ? 443 : 80)), hostname);
    },
    dispatcher: agent,
    close: () => agent.destroy(),
  };
}

function connectTo(connect: buildConnector.connector, target: buildConnector.Options, ms: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(new errors.ConnectTimeoutError(`no connection to ${target.hostname} in time`));
    }, ms);
    connect(target, (error, socket) => {
      clearTimeout(timer);
      if (error) return reject(error);
      if (isLate) return socket.destroy();
      return resolve(socket as Socket);
    });
  });
}

function parseAllowed(entries: readonly string[]) {
  // One for each family: Node takes an IPv4 address for part of an IPv6 network like ::/0.
  const networks = { ipv4: new BlockList(), ipv6: new BlockList() };
  const hosts = new Set<string>();
  for (const entry of entries) {
    const [address, prefix] = entry.split('/');
    if (address && prefix !== undefined) networks[family(address)].addSubnet(address, Number(prefix), family(address));
    else hosts.add(entry.toLowerCase());
  }
  return (hostname: string, port: number, address: string) => {
    const shown = isIPv6(hostname) ? `[${hostname}]` : hostname;
    if (hosts.has(hostname) || hosts.has(shown) || hosts.has(`${shown}:${port}`)) return true;
    return isIP(address) !== 0 && networks[family(address)].check(address, family(address));
  };
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

function stripBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function blocked(message: string): ProcessingError {
  return new ProcessingError('BLOCKED_ADDRESS', message);
}

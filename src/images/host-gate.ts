import { createFairQueue, type FairQueue } from '../domain/fair-queue.js';
import type { RequestId } from '../domain/ids.js';

export class HostBusyError extends Error {
  readonly host: string;

  constructor(host: string) {
    super(`${host} is at its limit and slow`);
    this.host = host;
    this.name = 'HostBusyError';
  }
}

export interface HostGateOptions {
  /** Entrants at once for one host. */
  perHost: number;
  /** A host whose oldest entrant is inside for longer than this is slow, in milliseconds. */
  slowAfterMs: number;
}

export interface HostGate {
  /**
   * Waits for a place at this host, in turn with other requests, and answers how to leave it. Only a host that goes on answering is waited for.
   * @throws HostBusyError where the host is full and slow, so that nobody waits with a message in hand
   */
  enter(host: string, requestId: RequestId, signal: AbortSignal): Promise<() => void>;
}

interface Place {
  requestId: RequestId;
  admit: () => void;
  refuse: (error: Error) => void;
}

interface Host {
  /** When each entrant came in, in milliseconds; the oldest first. */
  inside: Set<{ since: number }>;
  waiting: FairQueue<Place>;
  timer: NodeJS.Timeout | null;
}

/** Limits the fetches that are under way to each host. */
export function createHostGate({ perHost, slowAfterMs }: HostGateOptions): HostGate {
  const hosts = new Map<string, Host>();

  const admit = (name: string, host: Host): (() => void) => {
    const entrant = { since: Date.now() };
    host.inside.add(entrant);
    return () => {
      if (!host.inside.delete(entrant)) return;
      host.waiting.take()?.admit();
      if (host.inside.size === 0) hosts.delete(name);
      if (host.waiting.size === 0 && host.timer) clearTimeout(host.timer);
    };
  };
  const slowIn = (host: Host) => {
    const [oldest] = host.inside;
    return oldest ? oldest.since + slowAfterMs - Date.now() : slowAfterMs;
  };
  /** Sends all who wait away once the host has become slow. */
  const watch = (name: string, host: Host) => {
    if (host.timer) clearTimeout(host.timer);
    host.timer = setTimeout(
      () => {
        if (slowIn(host) > 0) watch(name, host);
        else for (const { refuse } of host.waiting.retain(() => false)) refuse(new HostBusyError(name));
      },
      Math.max(1, slowIn(host)),
    );
  };

  return {
    async enter(name, requestId, signal) {
      signal.throwIfAborted();
      const host = hosts.get(name) ?? { inside: new Set(), waiting: createFairQueue<Place>(), timer: null };
      hosts.set(name, host);
      if (host.inside.size < perHost) return admit(name, host);
      if (slowIn(host) <= 0) throw new HostBusyError(name);
      return new Promise((resolve, reject) => {
        const place: Place = {
          requestId,
          admit: () => {
            signal.removeEventListener('abort', leave);
            resolve(admit(name, host));
          },
          refuse: (error: Error) => {
            signal.removeEventListener('abort', leave);
            reject(error);
          },
        };
        const leave = () => {
          host.waiting.retain((each) => each !== place);
          reject(signal.reason);
        };
        signal.addEventListener('abort', leave, { once: true });
        host.waiting.push([place]);
        if (host.waiting.size === 1) watch(name, host);
      });
    },
  };
}

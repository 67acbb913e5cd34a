import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';

/** The address that a request is counted under. */
export type ClientAddress = (request: IncomingMessage) => string;

/**
 * @param proxies how many proxies of the operator's stand before the service, each of which adds the address that it
 * sees to `X-Forwarded-For`: what stands further left was written by a client, and is not believed
 */
export function createClientAddress(proxies: number): ClientAddress {
  return ({ headers, socket }) => {
    const forwarded = proxies > 0 ? String(headers['x-forwarded-for'] ?? '').split(',') : [];
    return network((forwarded.at(-proxies) ?? '').trim()) ?? network(socket.remoteAddress ?? '') ?? 'unknown';
  };
}

/** An IPv4 address, or the half of an IPv6 address that one customer is given whole; null for anything else. */
function network(address: string): string | null {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIPv4(plain)) return plain;
  if (!isIPv6(plain)) return null;
  const [head = '', tail = ''] = plain.toLowerCase().split('::');
  const groups = head.split(':').filter(Boolean);
  const rest = tail.split(':').filter(Boolean);
  const zeros = Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0');
  return [...groups, ...zeros, ...rest].slice(0, 4).join(':');
}

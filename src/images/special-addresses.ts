import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * IANA IPv4 Special-Purpose Address Registry, with multicast and the reserved class E; and the one address among public
 * ones under which a cloud (Azure) tells its machines their secrets.
 */
const IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Within global unicast: IETF protocols (Teredo, ORCHID, benchmarking), documentation, 6to4, AS112. */
const IPV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];

const special = new BlockList();
for (const [net, prefix] of IPV4) special.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of IPV6) special.addSubnet(net, prefix, 'ipv6');

/** All that is handed out as global unicast; mapped, NAT64, local and multicast addresses stand outside of it. */
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** Whether an address is anything but a public host's. An address with a zone is: it means this machine's network. */
export function isSpecialAddress(address: string): boolean {
  if (isIPv4(address)) return special.check(address, 'ipv4');
  if (!isIPv6(address) || address.includes('%')) return true;
  return !globalUnicast.check(address, 'ipv6') || special.check(address, 'ipv6');
}

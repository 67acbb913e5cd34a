import { splitImageUrls } from '../../src/csv/split-image-urls.js';
import { ProcessingError } from '../../src/domain/processing-error.js';
import { createAddressGuard } from '../../src/images/address-guard.js';
import { createFetchImage } from '../../src/images/fetch-image.js';
import { isSpecialAddress } from '../../src/images/special-addresses.js';
import type { Random } from '../faults/random.js';
import { fuzz } from './fuzz.js';
import { mutate } from './mutate.js';

const HOSTS = [
  '127.0.0.1',
  '0x7f.1',
  '017700000001',
  '2130706433',
  '[::1]',
  '[::ffff:10.0.0.1]',
  '[64:ff9b::7f00:1]',
  '169.254.169.254',
  '８.８.８.８',
  '8.8.8.8',
  '[2606:4700::1111]',
  'localhost',
  'shop.example',
  'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
  '127。0。0。1',
  '127.0.0.1.',
  '1.1.1.1@10.0.0.1',
  '10.0.0.1\\@1.1.1.1',
  '',
];
const SCHEMES = [
  'http://',
  'https://',
  'HTTP://',
  'http:',
  'http:\\\\',
  'file://',
  'ftp://',
  '//',
  'ht\ntp://',
  'http:///',
];
const PORTS = ['', ':80', ':443', ':22', ':0', ':65535', ':65536', ':080', ':x'];
const PATHS = ['', '/', '/a b.jpg', '/%2e%2e/', '?q=http://10.0.0.1/', '#@10.0.0.1', '/\u0000', '\\', '/%zz'];

function urlOf(random: Random): string {
  const user = random.pick(['', '', '', 'a:b@', 'a%zz:%@', '@', '8.8.8.8:80@']);
  const url = random.pick(SCHEMES) + user + random.pick(HOSTS) + random.pick(PORTS) + random.pick(PATHS);
  return random.chance(0.5) ? mutate(Buffer.from(url), random).toString() : url;
}

function addressOf(random: Random): string {
  const bytes = () => random.whole(0, 255);
  if (random.chance(0.5)) return `${bytes()}.${bytes()}.${bytes()}.${bytes()}`;
  const groups = Array.from({ length: 8 }, () => random.whole(0, 0xffff).toString(16));
  return [random.pick(['2001', '2002', 'fe80', 'fd00', '64', '0', '2606', 'ff02']), ...groups.slice(1)].join(':');
}

fuzz({
  name: 'urls',
  async feed(random) {
    const url = urlOf(random);
    expect(splitImageUrls(`${url}, ${url}`).length).toBeGreaterThanOrEqual(0);
    const reached: string[] = [];
    const guard = createAddressGuard({
      allow: [],
      lookup: async () => Array.from({ length: random.whole(0, 3) }, () => ({ address: addressOf(random), family: 4 })),
      connect: (target, callback) => {
        reached.push(target.hostname);
        callback(new Error('not connected'), null);
      },
    });
    const limits = { maxImageBytes: 1_000, fetchTimeoutMs: 1_000 };
    const fetchImage = createFetchImage({ guard, limits, userAgent: 'fuzz' });
    try {
      await fetchImage(url, { signal: new AbortController().signal });
    } catch (error) {
      if (!(error instanceof ProcessingError)) throw error;
      for (const address of reached)
        if (isSpecialAddress(address)) throw new Error(`${JSON.stringify(url)} reached ${address}`);
      return reached.length > 0 ? 'connected to public ones' : error.code;
    } finally {
      await guard.close();
    }
    throw new Error('nothing answers, and it was fetched');
  },
});

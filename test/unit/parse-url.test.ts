import { parseUrl } from '../../src/domain/parse-url.js';

it('a host with letters beyond ASCII is a host, however often it is asked', () => {
  // Node 20's URL.canParse says no from its some thousandth call on.
  const refused = Array.from({ length: 20_000 }, (_, index) => parseUrl(`http://m\u00fcnchen.example/${index}`)).filter(
    (url) => url?.hostname !== 'xn--mnchen-3ya.example',
  );
  expect(refused).toEqual([]);
});

it('what is no URL is null', () => {
  expect([parseUrl('shop/a.jpg'), parseUrl('http://'), parseUrl('/a.jpg', 'http://x.example')?.href]).toEqual([
    null,
    null,
    'http://x.example/a.jpg',
  ]);
});

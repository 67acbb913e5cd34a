import { imageName } from '../../dashboard/src/format/image-name.js';
import {
  formatBytes,
  formatRate,
  formatSavedShare,
  formatShare,
  formatThings,
} from '../../dashboard/src/format/numbers.js';
import { outputFileName } from '../../dashboard/src/format/output-file-name.js';
import { formatAgo, formatDuration } from '../../dashboard/src/format/times.js';
import { progressOf } from '../../dashboard/src/progress/progress-of.js';
import { HOME, hrefOf, parseRoute } from '../../dashboard/src/routing/route.js';

describe('the figures of the dashboard', () => {
  it('are told as a shop owner knows them', () => {
    expect([0, 1023, 1024, 1_234_567, 50 * 1024 ** 2, 3 * 1024 ** 3].map(formatBytes)).toEqual([
      '0 bytes',
      '1,023 bytes',
      '1 KB',
      '1,206 KB',
      '50 MB',
      '3 GB',
    ]);
    expect([0.25, 8.44, 119.6].map(formatRate)).toEqual(['0.3', '8.4', '120']);
    expect([formatThings(1, 'image'), formatThings(20_000, 'image')]).toEqual(['1 image', '20,000 images']);
    expect([0.4, 8, 60, 200, 3_900].map(formatDuration)).toEqual([
      'under 1 s',
      '8 s',
      '1 min',
      '3 min 20 s',
      '1 h 5 min',
    ]);
  });

  it('praise nothing that is not there', () => {
    expect([formatSavedShare(1000, 381), formatSavedShare(1000, 1000), formatSavedShare(0, 0)]).toEqual([
      '61 %',
      '0 %',
      '0 %',
    ]);
    expect([formatShare(0.999), formatShare(1)]).toEqual(['99 %', '100 %']);
  });

  it('tell how long ago something was', () => {
    const now = new Date('2026-01-10T12:00:00Z');
    const ago = (time: string) => formatAgo(time, now);
    expect(['2026-01-10T11:59:30Z', '2026-01-10T11:55:00Z', '2026-01-09T12:00:00Z'].map(ago)).toEqual([
      'just now',
      '5 minutes ago',
      'yesterday',
    ]);
  });

  it('count the share of what was made, of the file’s URLs until the total is known', () => {
    const counts = { rows: 1, imageUrls: 4, total: null, completed: 1, failed: 1, cancelled: 0 };
    expect(progressOf({ status: 'PROCESSING', counts })).toEqual({
      isOpen: true,
      total: 4,
      left: 2,
      made: 0.25,
      failed: 0.25,
    });
    const ended = { ...counts, total: 2 };
    expect(progressOf({ status: 'COMPLETED', counts: ended })).toMatchObject({
      isOpen: false,
      total: 2,
      left: 0,
      made: 0.5,
    });
  });
});

describe('names', () => {
  it('of images are the last part of their URLs', () => {
    expect(imageName('https://shop.example/a/lamp%20blue.jpg?w=1')).toBe('lamp blue.jpg');
    expect(imageName('https://shop.example/')).toBe('shop.example');
    expect(imageName('https://shop.example/%E0%A4%A')).toBe('%E0%A4%A');
  });

  it('of outputs follow from the file’s', () => {
    expect([outputFileName('spring.2026.csv'), outputFileName('list')]).toEqual([
      'spring.2026-output.csv',
      'list-output.csv',
    ]);
  });
});

describe('the address of the page', () => {
  it('holds all that is shown, and reads back the same', () => {
    for (const route of [
      HOME,
      { ...HOME, status: 'FAILED', after: 'abc=' } as const,
      { page: 'request', id: 'a b', status: 'COMPLETED', image: 'i/1' } as const,
    ]) {
      expect(parseRoute(hrefOf(route))).toEqual(route);
    }
  });

  it('that leads nowhere is known as such, and a state that is none is left out', () => {
    expect(parseRoute('#/nowhere')).toEqual({ page: 'unknown' });
    expect(parseRoute('#/requests/50%25%')).toEqual({ page: 'unknown' });
    expect(parseRoute('#/?status=LATE')).toEqual(HOME);
    expect(parseRoute('')).toEqual(HOME);
  });
});

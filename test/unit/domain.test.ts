import { allImagesEnded, imagesPerSecond, openImages, progress } from '../../src/domain/counts.js';
import { imageId, newRequestId, parseNodeId, productId } from '../../src/domain/ids.js';
import type { CompressOptions } from '../../src/domain/options.js';
import { decodeCursor, encodeCursor, pageSize } from '../../src/domain/page.js';
import { parseExpiry } from '../../src/domain/parse-expiry.js';
import { parseOptions } from '../../src/domain/parse-options.js';
import { terminalStatus } from '../../src/domain/request-status.js';
import { expiryOf } from '../../src/domain/retention.js';
import { retryPauseMs } from '../../src/domain/retry.js';

const counts = { rows: 1, imageUrls: 10, total: 10, completed: 0, failed: 0, cancelled: 0 };
const KEEP: CompressOptions = { format: 'KEEP', quality: null, maxDimension: null, keepMetadata: false };

describe('the rules', () => {
  it('progress is 1 exactly in a terminal state', () => {
    const open = { status: 'PROCESSING', reopening: false } as const;
    expect(progress({ ...open, counts: { ...counts, completed: 10 } })).toBeLessThan(1);
    expect(progress({ ...open, status: 'COMPLETED', counts: { ...counts, completed: 10 } })).toBe(1);
    expect(progress({ ...open, counts: { ...counts, total: null, completed: 5 } })).toBe(0.5);
  });

  it('progress of a request that is retried begins without its failed images, before they are counted anew', () => {
    const retried = { status: 'PROCESSING', counts: { ...counts, completed: 5, failed: 5 } } as const;
    expect(progress({ ...retried, reopening: true })).toBe(0.5);
    expect(openImages({ ...retried, reopening: true })).toBe(5);
    expect(openImages({ ...retried, reopening: false })).toBe(0);
    // A retry reckons its rate from those that stay ended: none has ended since.
    const moments = [new Date(0), new Date(20)] as const;
    expect(imagesPerSecond({ ...retried, reopening: true }, 5, ...moments)).toBeNull();
    expect(imagesPerSecond({ ...retried, reopening: false }, 5, ...moments)).toBe(250);
  });

  it('a request has not ended before its total is known', () => {
    expect(allImagesEnded({ ...counts, total: null, completed: 10 })).toBe(false);
    expect(allImagesEnded({ ...counts, completed: 7, failed: 2, cancelled: 1 })).toBe(true);
  });

  it('a request goes when its client asked, or so long after its end as the service keeps any, whichever is first', () => {
    const [early, finishedAt, late] = [new Date(1_000), new Date(2_000), new Date(9_000)];
    expect(expiryOf({ expiresAt: null, finishedAt }, null)).toBeNull();
    expect(expiryOf({ expiresAt: null, finishedAt: null }, 500)).toBeNull();
    expect(expiryOf({ finishedAt }, 500)).toEqual(new Date(2_500));
    expect(expiryOf({ expiresAt: early, finishedAt }, 500)).toEqual(early);
    expect(expiryOf({ expiresAt: late, finishedAt }, 500)).toEqual(new Date(2_500));
    expect(expiryOf({ expiresAt: late, finishedAt: null }, 500)).toEqual(late);
  });

  it('a request can be asked to go at a moment to come only, in ISO 8601', () => {
    expect(parseExpiry(null)).toBeNull();
    expect(parseExpiry('2099-12-31')).toEqual(new Date('2099-12-31T00:00:00Z'));
    expect(parseExpiry('2099-12-31T12:00:00+02:00')).toEqual(new Date('2099-12-31T10:00:00Z'));
    for (const bad of ['2001-01-01', 'tomorrow', '2099', '2099-13-01', new Date(0), new Date(Number.NaN)]) {
      expect(() => parseExpiry(bad)).toThrow(/^expiresAt is a moment to come in ISO 8601/);
    }
  });

  it('one image that was made is enough for COMPLETED', () => {
    expect(terminalStatus('PROCESSING', { ...counts, completed: 1, failed: 9 })).toBe('COMPLETED');
    expect(terminalStatus('PROCESSING', { ...counts, failed: 10 })).toBe('FAILED');
    expect(terminalStatus('CANCELLING', { ...counts, completed: 10 })).toBe('CANCELLED');
  });

  it('an image’s id follows from request, URL and options', () => {
    const request = newRequestId();
    expect(imageId(request, 'http://x/a', KEEP)).toBe(imageId(request, 'http://x/a', { ...KEEP }));
    expect(imageId(request, 'http://x/a', KEEP)).not.toBe(imageId(request, 'http://x/a', { ...KEEP, quality: 5 }));
    // An id of a request that was made before there was this option must not change.
    expect(imageId(request, 'http://x/a', { ...KEEP, minSimilarity: null })).toBe(imageId(request, 'http://x/a', KEEP));
    expect(imageId(request, 'http://x/a', { ...KEEP, minSimilarity: 1 })).not.toBe(
      imageId(request, 'http://x/a', KEEP),
    );
    expect(parseNodeId(imageId(request, 'http://x/a', KEEP))).toMatchObject({ type: 'Image', requestId: request });
    expect(parseNodeId(productId(request, 3))).toMatchObject({ type: 'Product', requestId: request });
    expect(parseNodeId(`${request}.x`)).toBeNull();
  });

  it('pauses grow, with jitter, and are never shorter than the host asked for', () => {
    expect(retryPauseMs(1, 0, () => 0)).toBe(1_000);
    expect(retryPauseMs(2, 0, () => 0)).toBe(4_000);
    expect(retryPauseMs(1, 9_000, () => 1)).toBe(12_000);
  });

  it('options are whole, or an error that names the field', () => {
    expect(parseOptions({})).toEqual({
      ...KEEP,
      minSimilarity: null,
      measureSimilarity: false,
      invalidRows: 'REFUSE_FILE',
      webhookUrl: null,
      replaceUrls: false,
    });
    for (const [field, value] of [
      ['quality', 0],
      ['quality', 1.5],
      ['maxDimension', 0],
      ['format', 'BMP'],
      ['minSimilarity', 1.01],
      ['minSimilarity', Number.NaN],
      ['webhookUrl', 'ftp://x'],
    ] as const) {
      expect(() => parseOptions({ [field]: value })).toThrow(
        expect.objectContaining({ code: 'BAD_USER_INPUT', details: { field } }),
      );
    }
  });

  it('pages have 1 to 100 items, from one end', () => {
    expect(pageSize({})).toEqual({ size: 20, backward: false });
    expect(pageSize({ last: 100 })).toEqual({ size: 100, backward: true });
    for (const input of [{ first: 0 }, { last: 101 }, { first: 1, last: 1 }]) expect(() => pageSize(input)).toThrow();
    expect(decodeCursor('after', encodeCursor(5), /^(\d+)$/)).toEqual(['5']);
  });
});

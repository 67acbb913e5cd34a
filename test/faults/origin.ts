import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import type { Random } from './random.js';

/** What becomes of an image that nobody cancels. */
export type Expected = 'COMPLETED' | 'FAILED';

export interface FaultOrigin {
  /** Paths of `count` different images, most of them good, and what becomes of each. */
  images(count: number, random: Random): { url: string; expected: Expected }[];
  close(): Promise<void>;
}

/** Sides of the pictures, in pixels: most are thumbnails, so that a run is short, and some take their time. */
const SIDES = [60, 60, 60, 120, 120, 240, 480, 1_200];
const PICTURES = 16;

/** A shop's server with good pictures, missing ones, broken ones, and some that come at the second try only. */
export async function startFaultOrigin(random: Random): Promise<FaultOrigin> {
  const pictures = await Promise.all(Array.from({ length: PICTURES }, () => makePicture(random)));
  const asked = new Set<string>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const index = Number(/\d+/.exec(path)?.[0] ?? 0);
    const picture = pictures[index % PICTURES] ?? Buffer.alloc(0);
    if (path.includes('missing')) response.writeHead(404).end();
    else if (path.includes('broken')) response.end(picture.subarray(0, picture.length / 2));
    else if (path.includes('second') && !asked.has(path)) {
      asked.add(path);
      response.writeHead(503).end();
    } else if (path.includes('slow')) setTimeout(() => response.end(picture), 1_500);
    else response.end(picture);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let made = 0;
  return {
    images: (count, chance) =>
      Array.from({ length: count }, () => {
        const at = chance.next();
        const kind = at < 0.04 ? 'missing' : at < 0.07 ? 'broken' : at < 0.1 ? 'second' : at < 0.13 ? 'slow' : 'good';
        const expected: Expected = kind === 'missing' || kind === 'broken' ? 'FAILED' : 'COMPLETED';
        return { url: `${base}/${kind}-${made++}.jpg`, expected };
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function makePicture(random: Random): Promise<Buffer> {
  const [width, height] = [random.pick(SIDES), random.pick(SIDES)];
  const noise = { type: 'gaussian', mean: random.whole(80, 180), sigma: 30 } as const;
  const picture = sharp({ create: { width, height, channels: 3, background: '#888', noise } }).blur(2);
  return random.chance(0.2) ? picture.png().toBuffer() : picture.jpeg({ quality: 95 }).toBuffer();
}

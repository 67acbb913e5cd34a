import { createReadStream, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { basename, dirname, extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = { '.jpg': 'image/jpeg', '.png': 'image/png' };
/** Packages that ship real photographs (NOTICE). */
const PACKAGES = ['startbootstrap-creative', 'startbootstrap-agency', 'startbootstrap-freelancer'];

export interface DemoOrigin {
  /** The URL of each picture. */
  urls: string[];
  /** A URL that the shop no longer has. */
  missing: string;
  close(): Promise<void>;
}

/** Serves the pictures of the packages from this machine, as a shop's server would. */
export async function startDemoOrigin(): Promise<DemoOrigin> {
  const files = new Map(PACKAGES.flatMap(picturesOf).map((path) => [`/${nameOf(path)}`, path]));
  const server = createServer((request, response) => {
    const path = files.get(request.url ?? '');
    if (!path) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such picture.');
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
    createReadStream(path).pipe(response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    urls: [...files.keys()].map((path) => `${base}${path}`),
    missing: `${base}/sold-out.jpg`,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Each picture once: thumbnails are left out. */
function picturesOf(name: string): string[] {
  const root = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  const folder = join(root, 'dist', 'assets', 'img');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => extname(path) in TYPES && !path.includes('thumbnails'))
    .sort()
    .map((path) => join(folder, path));
}

function nameOf(path: string): string {
  const shop = /startbootstrap-(\w+)/.exec(path)?.[1] ?? 'shop';
  return `${shop}-${basename(dirname(path))}-${basename(path)}`.toLowerCase();
}

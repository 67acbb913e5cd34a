import { request } from 'node:http';
import { playgroundTabs } from '../../src/http/playground-tabs.js';
import { type Service, startService } from '../support/start-service.js';

/** Compressed bytes of script that a phone on a poor line still loads in a moment. */
const MOST_SCRIPT_BYTES = 200 * 1024;

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(async () => {
  await service.stop();
});

/** An answer as it is on the wire, for a client that takes it packed: `fetch` would unpack it, and ask past its cache. */
function onTheWire(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number | undefined; bytes: number }> {
  return new Promise((resolve, reject) => {
    request(service.url + path, { headers: { 'accept-encoding': 'gzip', ...headers } }, (response) => {
      let bytes = 0;
      response.on('data', (piece: Buffer) => {
        bytes += piece.length;
      });
      response.on('end', () => resolve({ status: response.statusCode, bytes })).on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

/** The files that the page names, by their paths. */
async function filesOf(page: Response): Promise<string[]> {
  return [...(await page.text()).matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map((match) => `/${match[1]}`);
}

describe('the dashboard as it is served', () => {
  it('is asked for anew each time, and its files never again: their names hold a hash', async () => {
    const page = await fetch(`${service.url}/`);
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-cache']);
    expect(page.headers.get('etag')).not.toBeNull();
    const files = await filesOf(page);
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const path of files) {
      expect(path).toMatch(/^\/assets\/[\w-]+-[\w-]{8}\.(?:js|css|svg)$/);
      const file = await fetch(service.url + path);
      expect([file.status, file.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
    }
    expect((await fetch(`${service.url}/assets/index-00000000.js`)).status).toBe(404);
  });

  it('lets no script or style in but its own', async () => {
    const page = await fetch(`${service.url}/`);
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain('unsafe');
    const html = await page.text();
    expect(html).not.toMatch(/<style|style=|<script(?![^>]+src=)/);
    expect(html).not.toMatch(/(?:src|href)="https?:/);
  });

  it('is less than 200 KB of script on the wire', async () => {
    const files = await filesOf(await fetch(`${service.url}/`));
    const scripts = files.filter((path) => path.endsWith('.js'));
    const answers = await Promise.all(scripts.map((path) => onTheWire(path)));
    const bytes = answers.reduce((sum, answer) => sum + answer.bytes, 0);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(MOST_SCRIPT_BYTES);
  });
});

describe('the playground as it is served', () => {
  it('has tabs for the way of a CSV, the upload by curl with the address of this service', async () => {
    const response = await fetch(`${service.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(response.headers.get('content-security-policy')).toContain("connect-src 'self'");
    const page = await response.text();
    for (const operation of ['query uploadByCurl', 'query request(', 'subscription requestStatus(']) {
      expect(page).toContain(operation);
    }
    expect(page).toContain(`curl ${service.url}/graphql`);
  });

  it('tells a curl that uploads, as it stands there', async () => {
    const [tab] = playgroundTabs(`${service.url}/graphql`);
    const said = tab?.query.replaceAll(/^# ?/gm, '') ?? '';
    const [, address = ''] = /curl (\S+)/.exec(said) ?? [];
    const [, header = '', value = ''] = /-H '([\w-]+): (\w+)'/.exec(said) ?? [];
    const form = new FormData();
    for (const [, name = '', quoted, file] of said.matchAll(/-F (\w+)=(?:'([^']*)'|@(\S+))/g)) {
      const csv = 'S. No.,Product Name,Input Image Urls\n1,Lamp,https://shop.example/lamp.jpg\n';
      if (file) form.append(name, new Blob([csv]), file);
      else form.append(name, quoted ?? '');
    }
    const answer = await fetch(address, { method: 'POST', headers: { [header]: value }, body: form });
    expect(await answer.json()).toMatchObject({
      data: { uploadCsv: { request: { id: expect.any(String) }, userErrors: [] } },
    });
  });

  it('is packed on the wire, and not sent again to whoever has it', async () => {
    const page = await fetch(`${service.url}/graphql`, { headers: { accept: 'text/html' } });
    const bytes = Buffer.byteLength(await page.text());
    const packed = await onTheWire('/graphql', { accept: 'text/html' });
    expect(packed.bytes).toBeLessThan(bytes / 3);
    const plain = await onTheWire('/graphql', { accept: 'text/html', 'accept-encoding': 'identity' });
    expect(plain.bytes).toBe(bytes);
    const etag = page.headers.get('etag') ?? '';
    const again = await onTheWire('/graphql', { accept: 'text/html', 'if-none-match': etag });
    expect(again).toEqual({ status: 304, bytes: 0 });
  });
});

describe('answers of GraphQL', () => {
  it('are packed on the wire where they are long', async () => {
    const path = `/graphql?query=${encodeURIComponent('{ __schema { types { name description } } }')}`;
    const headers = { 'apollo-require-preflight': 'true' };
    const plain = await onTheWire(path, { ...headers, 'accept-encoding': 'identity' });
    const packed = await onTheWire(path, headers);
    expect(packed.bytes).toBeLessThan(plain.bytes / 2);
  });
});

import { connect } from 'node:net';
import type { Random } from '../faults/random.js';
import { serverMemory } from '../support/server-memory.js';
import { type Service, startService } from '../support/start-service.js';
import { fuzz } from './fuzz.js';
import { mutate } from './mutate.js';

/** How long an answer is waited for when the form may be only half of one, in milliseconds. */
const PATIENCE_MS = 500;

let service: Service;
beforeAll(async () => {
  service = await startService({
    RATE_LIMIT_UPLOADS_PER_MINUTE: '0',
    RATE_LIMIT_QUERIES_PER_MINUTE: '0',
    MAX_FILE_BYTES: '20000',
  });
});
afterAll(async () => {
  expect(await service.stop()).toBe(0);
});

const CSV = 'No,Name,Images\n1,Lamp,http://10.0.0.1/a.jpg\n';
const QUERY = 'mutation($file: Upload!) { checkCsv(file: $file) { rows userErrors { code message } } }';

function partsOf(random: Random): Buffer[] {
  const part = (name: string, content: string, file = false) =>
    Buffer.from(`content-disposition: form-data; name="${name}"${file ? '; filename="a.csv"' : ''}\r\n\r\n${content}`);
  const operations = part(
    'operations',
    random.pick([
      JSON.stringify({ query: QUERY, variables: { file: null } }),
      '{"query":"{version}"}',
      '[]',
      '{',
      'null',
      '{"query":1}',
      '{"variables":{"file":null}}',
    ]),
  );
  const map = part(
    'map',
    random.pick([
      '{"0":["variables.file"]}',
      '{}',
      '[]',
      '{"0":["variables.__proto__.x"]}',
      '{"0":["variables.hasOwnProperty.call"]}',
      '{"0":[]}',
      '{"0":["variables.file.x"]}',
      'x',
    ]),
  );
  const file = part(random.pick(['0', 'file', 'csv', 'x']), random.chance(0.2) ? CSV.repeat(1_000) : CSV, true);
  const option = part(
    random.pick(['format', 'quality', 'webhookUrl', 'keepMetadata', '__proto__', '']),
    random.pick(['webp', '0', 'http://[', 'true', '\u0000', 'x'.repeat(5_000)]),
  );
  const parts = [operations, map, file, ...(random.chance(0.5) ? [option] : [])];
  return random.chance(0.3) ? random.shuffle([...parts, random.pick(parts)]) : parts;
}

function requestOf(random: Random): Buffer {
  const boundary = random.pick(['b', 'b', 'b', '--', 'x'.repeat(70)]);
  const lines = partsOf(random).flatMap((part) => [Buffer.from(`--${boundary}\r\n`), part, Buffer.from('\r\n')]);
  const whole = Buffer.concat([...lines, Buffer.from(`--${boundary}--\r\n`)]);
  const body = random.chance(0.6) ? mutate(whole, random) : whole;
  const type = random.pick([
    `multipart/form-data; boundary=${boundary}`,
    `multipart/form-data; boundary=${boundary}`,
    `multipart/form-data; boundary="${boundary}"; charset=x`,
    'multipart/form-data',
    'multipart/mixed; boundary=b',
  ]);
  const path = random.pick(['/graphql', '/graphql', '/api/upload', '/api/upload-csv']);
  const length = random.chance(0.1) ? body.length + random.whole(1, 5_000) : body.length;
  const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\napollo-require-preflight: true\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** The status of the answer; null where none comes while half a form is sent. */
function statusOf(bytes: Buffer): Promise<number | null> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const timer = setTimeout(() => end(null), PATIENCE_MS);
    let text = '';
    const end = (status: number | null) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(status);
    };
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += chunk;
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
      if (status) end(Number(status));
    });
    socket.on('close', () => end(null));
  });
}

fuzz({
  name: 'multipart forms',
  async feed(random) {
    const bytes = requestOf(random);
    const status = await statusOf(bytes);
    if (status !== null && status >= 500)
      throw new Error(`${status} for ${bytes.toString('latin1').slice(0, 2_000)}\n${service.log.slice(-3).join('\n')}`);
    if (service.process.exitCode !== null) throw new Error(`the service ended: ${service.log.slice(-5).join('\n')}`);
    return String(status);
  },
  memory: () => serverMemory(service.url),
});

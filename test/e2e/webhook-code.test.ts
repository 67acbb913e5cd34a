import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { docBlocks, runProgram } from '../support/doc-blocks.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

const secretOf = (byte: number) => `whsec_${Buffer.alloc(24, byte).toString('base64')}`;
const [NEW, OLD, OTHER] = [secretOf(1), secretOf(2), secretOf(3)];
/** `go run` builds what it runs, the first time with a good part of the standard library. */
const GO_LIMIT_MS = 240_000;

/** What strangers may send: each is refused, and nothing throws, which the receiver would answer with 500. */
const NO_TIMESTAMPS = ['', 'abc', '1e9', '-1', '٣', '1764036000.5', '9'.repeat(20), '9'.repeat(5_000)];
/** Half of a character, which no encoding has. */
const NO_TEXT = '\ud800';

interface Message {
  headers: Record<string, string>;
  body: string;
}

let origin: Origin;
let receiver: Server;
let service: Service;
let folder: string;
let got: Message[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pixelpress-docs-'));
  got = [];
  receiver = createServer(async (request, response) => {
    got.push({ headers: request.headers as Record<string, string>, body: await text(request) });
    response.end();
  });
  await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
  origin = await startOrigin();
  service = await startService({ WEBHOOK_SECRET: `${NEW},${OLD}` });
});
afterEach(async () => {
  expect(await service.stop()).toBe(0);
  await origin.close();
  receiver.closeAllConnections();
  await new Promise((closed) => receiver.close(closed));
  rmSync(folder, { recursive: true });
});

describe('the code of docs/webhooks.md', () => {
  const drivers: { language: string; block: string; file: string; driver: [string, string]; command: string[] }[] = [
    {
      language: 'Node',
      block: 'js',
      file: 'verify.mjs',
      driver: [
        'main.mjs',
        `import { verify } from './verify.mjs';
        import { readFileSync } from 'node:fs';
        const cases = JSON.parse(readFileSync(0, 'utf8'));
        console.log(JSON.stringify(cases.map(({ secret, headers, body }) => verify(secret, headers, body))));`,
      ],
      command: ['node', 'main.mjs'],
    },
    {
      language: 'Python',
      block: 'python',
      file: 'verify.py',
      driver: [
        'main.py',
        `import json, sys
from verify import verify
cases = json.load(sys.stdin)
print(json.dumps([verify(each["secret"], each["headers"], each["body"].encode()) for each in cases]))`,
      ],
      command: ['python3', 'main.py'],
    },
    {
      language: 'Go',
      block: 'go',
      file: 'verify.go',
      driver: [
        'main.go',
        `package main
import ("encoding/json"; "os")
func main() {
  var cases []struct { Secret string; Headers map[string]string; Body string }
  if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil { panic(err) }
  answers := []bool{}
  for _, each := range cases {
    header := func(name string) string { return each.Headers[name] }
    answers = append(answers, verify(each.Secret, header, []byte(each.Body)))
  }
  json.NewEncoder(os.Stdout).Encode(answers)
}`,
      ],
      command: ['go', 'run', 'main.go', 'verify.go'],
    },
  ];

  /** Node is here; where another language is not, its code cannot be run. */
  const isHere = (command = '') => spawnSync(command, [command === 'go' ? 'version' : '--version']).status === 0;

  for (const { language, block, file, driver, command } of drivers) {
    (isHere(command[0]) ? it : it.skip)(
      `in ${language} takes what the service signed, with either secret, and says no to all else`,
      async () => {
        const { headers, body } = await toldMessage();
        const sent = Number(headers['webhook-timestamp']);
        const cases: [boolean, Message & { secret: string }][] = [
          [true, { secret: NEW, headers, body }],
          [true, { secret: OLD, headers, body }],
          [false, { secret: OTHER, headers, body }],
          [false, { secret: NEW, headers, body: body.replace('request.completed', 'request.failed') }],
          [false, { secret: NEW, headers: { ...headers, 'webhook-id': 'msg_other' }, body }],
          [false, { secret: NEW, headers: { ...headers, 'webhook-timestamp': String(sent - 1) }, body }],
          [false, { secret: NEW, headers: { ...headers, 'webhook-signature': '' }, body }],
          [false, signedAt(sent - 301, { headers, body })],
          ...NO_TIMESTAMPS.map((timestamp): [boolean, Message & { secret: string }] => [
            false,
            { secret: NEW, headers: { ...headers, 'webhook-timestamp': timestamp }, body },
          ]),
          ...Object.keys(headers).map((name): [boolean, Message & { secret: string }] => [
            !name.startsWith('webhook-'),
            { secret: NEW, headers: without(name, headers), body },
          ]),
          [false, { secret: NEW, headers: {}, body: '' }],
          [false, { secret: NEW, headers: { ...headers, 'webhook-id': NO_TEXT }, body }],
          [false, { secret: NEW, headers: { ...headers, 'webhook-signature': `v1,é ${NO_TEXT}` }, body }],
        ];
        writeFileSync(join(folder, file), docBlocks('docs/webhooks.md', block).join(''));
        writeFileSync(join(folder, driver[0]), driver[1]);
        const input = JSON.stringify(cases.map(([, given]) => given));
        const answers = await runProgram(command, { cwd: folder, input });
        expect(JSON.parse(answers)).toEqual(cases.map(([fits]) => fits));
      },
      GO_LIMIT_MS,
    );
  }
});

function without(name: string, { [name]: _, ...headers }: Record<string, string>): Record<string, string> {
  return headers;
}

/** What a receiver is told of a request that ended. */
async function toldMessage(): Promise<Message> {
  const form = new FormData();
  form.set('webhookUrl', `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`);
  form.set('file', new Blob([`No,Name,Images\n1,Lamp – 灯,${origin.url}/lamp.jpg\n`]), 'products.csv');
  const { status } = await fetch(`${service.url}/api/upload`, { method: 'POST', body: form });
  expect(status).toBe(202);
  await waitFor('the webhook to be told', () => got.length === 1);
  return got[0] as Message;
}

/** The message as a thief would have kept it: signed well, and long ago. */
function signedAt(seconds: number, { headers, body }: Message): Message & { secret: string } {
  const signature = new Webhook(NEW).sign(headers['webhook-id'] ?? '', new Date(seconds * 1_000), body);
  const old = { 'webhook-timestamp': String(seconds), 'webhook-signature': signature };
  return { secret: NEW, headers: { ...headers, ...old }, body };
}

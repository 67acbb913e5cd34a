// `request(id)` queries a second of several requests, with all that the client asks of one, against a bare Apollo Server
// with the same schema and a constant resolver; each in a process of its own, by turns, asked by the same client.
//   npm run build && node bench/load/queries.js [queries] [connections] [rounds]
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { cpuOfTree } from '../cpu-of-tree.js';
import { photographs } from '../photographs.js';
import { picturesByNumber, startOrigin } from '../start-origin.js';
import { startServer, startService } from '../start-service.js';
import { upload } from './upload.js';

const QUERIES = Number(process.argv[2] ?? 10_000);
const CONNECTIONS = Number(process.argv[3] ?? 16);
const ROUNDS = Number(process.argv[4] ?? 3);
/** Of each side before it is measured: a service has long been compiled. */
const WARM_UP = 3_000;
/** Asked for in turn, so that no two questions at once are the same. */
const REQUESTS = 100;

const operations = readFileSync(new URL('../../schema/operations/client.graphql', import.meta.url), 'utf8');
const view = /^fragment RequestView .+?^\}/ms.exec(operations)[0];
const query = `query ClientStatus($id: ID!) { request(id: $id) { ...RequestView } }\n${view}`;

async function ask(pool, id) {
  const { body } = await pool.request({
    path: '/graphql',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { id } }),
  });
  return body.text();
}

async function load({ url, pid }, queries) {
  const pool = new Pool(url, { connections: CONNECTIONS });
  let left = queries;
  const lane = async () => {
    while (left-- > 0) {
      const answer = await ask(pool, ids[left % REQUESTS]);
      if (!answer.includes('"status":"COMPLETED"')) throw new Error(answer);
    }
  };
  const cpu = cpuOfTree(pid);
  const began = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  const seconds = (performance.now() - began) / 1_000;
  await pool.close();
  return { rate: queries / seconds, cpu: (cpuOfTree(pid) - cpu) / queries };
}

const [picture] = await photographs();
const origin = await startOrigin(1, picturesByNumber([picture]));
const service = await startService();
const images = [`${origin.hosts[0]}/1.jpg`];
const ids = await Promise.all(Array.from({ length: REQUESTS }, () => upload(service, images)));
const pool = new Pool(service.url);
let request;
for (const id of ids) {
  do ({ request } = JSON.parse(await ask(pool, id)).data);
  while (request.status !== 'COMPLETED');
}
await pool.close();
const bare = await startServer(fileURLToPath(new URL('../bare-apollo.js', import.meta.url)), {
  ROOT: JSON.stringify({ request }),
});

const rounds = [];
for (const side of [service, bare]) await load(side, WARM_UP);
for (let round = 0; round < ROUNDS; round++) {
  rounds.push({ bare: await load(bare, QUERIES), service: await load(service, QUERIES) });
}
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
console.table(
  rounds.map(({ bare, service }) => ({
    'bare Apollo, queries/s': Math.round(bare.rate),
    'service, queries/s': Math.round(service.rate),
    'bare Apollo, ms CPU': bare.cpu.toFixed(2),
    'service, ms CPU': service.cpu.toFixed(2),
  })),
);
console.log(
  `queries a second, service/bare (at least 0.5): ${median(rounds.map((r) => r.service.rate / r.bare.rate)).toFixed(2)}`,
);
console.log(`CPU a query, bare/service: ${median(rounds.map((r) => r.bare.cpu / r.service.cpu)).toFixed(2)}`);
await Promise.all([service.stop(), bare.stop()]);
origin.close();

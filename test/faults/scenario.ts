import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createFaultClient, type FaultClient, isEnded } from './client.js';
import { type Cluster, type ClusterOptions, type EngineName, startEmbedded, startReal } from './cluster.js';
import { type FaultOrigin, startFaultOrigin } from './origin.js';
import { createRandom, type Random } from './random.js';
import { type Upload, verify } from './verify.js';
import { startWebhookReceiver } from './webhook-receiver.js';

export interface RunOptions {
  engines: 'embedded' | 'real';
  seed: number;
  logFile: string;
  /** The command that brought up the real engines. */
  command: string;
}

export interface RunResult {
  seed: number;
  faults: string[];
  problems: string[];
  seconds: number;
}

const POINTS = [
  'released, not published',
  'claimed, not fetched',
  'stored, not recorded',
  'recorded, not counted',
  'counted, not committed',
  'in the middle of expansion',
  'output written, not ended',
  'ended, not told',
];
/** Points that are passed once or twice in a run, and not for each image. */
const RARE_POINTS = new Set([
  'in the middle of expansion',
  'output written, not ended',
  'ended, not told',
  'released, not published',
]);
const LIMIT_MS = { embedded: 120_000, real: 300_000 };
const ENGINE_PAUSE_MS = 20_000;
const STOP_LIMIT_MS = 15_000;

interface Scene {
  cluster: Cluster;
  random: Random;
  problems: string[];
}

/** Something that happens to the service while it works. */
type Fault = (scene: Scene) => Promise<void>;

const killWorker: Fault = async ({ cluster, random }) => {
  await cluster.end(random.pick(cluster.workers()), 'SIGKILL');
};
const stopWorker: Fault = async ({ cluster, random, problems }) => {
  const started = Date.now();
  const code = await cluster.end(random.pick(cluster.workers()), 'SIGTERM');
  // It may have come to the point at which it kills itself.
  if (code !== 0 && code !== 'SIGKILL') problems.push(`SIGTERM under load ended with code ${code}`);
  if (Date.now() - started > STOP_LIMIT_MS) problems.push(`SIGTERM took ${Date.now() - started} ms`);
};
const crashImages: Fault = async ({ cluster, random }) => {
  cluster.crashImages(random.pick(cluster.workers()));
};
const killApi: Fault = async ({ cluster, random }) => {
  await cluster.end(random.pick(cluster.apis()), 'SIGKILL');
};
const killEngine =
  (name: EngineName): Fault =>
  async ({ cluster, random }) => {
    cluster.engine('kill', name);
    await pause(random.whole(200, 3_000));
    cluster.engine('start', name);
  };
const pauseEngine =
  (name: EngineName): Fault =>
  async ({ cluster }) => {
    cluster.engine('pause', name);
    await pause(ENGINE_PAUSE_MS);
    cluster.engine('resume', name);
  };

const FAULTS: Readonly<Record<RunOptions['engines'], Readonly<Record<string, Fault>>>> = {
  embedded: {
    'kill -9 of the process': killWorker,
    'SIGTERM under load': stopWorker,
    'SIGSEGV in a decoder': crashImages,
  },
  real: {
    'kill -9 of a worker': killWorker,
    'kill -9 of an api': killApi,
    'SIGTERM of a worker': stopWorker,
    'SIGSEGV in a decoder': crashImages,
    'a worker joins': ({ cluster }) => cluster.addWorker(),
    'kill -9 of kafka': killEngine('kafka'),
    'kill -9 of mongo': killEngine('mongo'),
    'kill -9 of s3': killEngine('s3'),
    'kafka paused for 20 s': pauseEngine('kafka'),
    'mongo paused for 20 s': pauseEngine('mongo'),
    's3 paused for 20 s': pauseEngine('s3'),
  },
};

/** One run: requests are uploaded, watched and worked on while faults happen; then everything is verified. */
export async function runScenario({ engines, seed, logFile, command }: RunOptions): Promise<RunResult> {
  const started = Date.now();
  const random = createRandom(seed);
  const plan = planFaults(engines, random);
  const options: ClusterOptions = { random, ...plan.start, logFile };
  const origin = await startFaultOrigin(random);
  const webhooks = await startWebhookReceiver();
  const cluster = await (engines === 'embedded' ? startEmbedded(options) : startReal(options, command));
  const limit = AbortSignal.timeout(LIMIT_MS[engines]);
  setMaxListeners(0, limit);
  const client = createFaultClient(cluster.apiUrls, limit);
  const problems: string[] = [];
  try {
    const sizes = engines === 'embedded' ? [60, 250] : [30, 120];
    const uploads = await upload(client, origin, webhooks.url, random, seed, sizes as [number, number]);
    const watching = Promise.all(uploads.map((each) => watchToEnd(each, client)));
    const happening = playFaults(plan.faults, uploads, { cluster, random, problems }, limit);
    const acting = act(uploads, client, random);
    await Promise.all([watching, happening, acting]);
    await retry(uploads, client, random);
    problems.push(...(await verify(uploads, cluster, client, webhooks)));
  } catch (error) {
    problems.push(limit.aborted ? 'it did not come to its end in time' : String(error));
  } finally {
    await cluster.close();
    await webhooks.close();
    await origin.close();
  }
  return { seed, faults: plan.names, problems, seconds: (Date.now() - started) / 1_000 };
}

function planFaults(engines: RunOptions['engines'], random: Random) {
  const names = random.shuffle(Object.keys(FAULTS[engines])).slice(0, random.whole(1, 2));
  const faults = names.map((name) => ({ fault: FAULTS[engines][name] as Fault, at: random.next() * 0.9 }));
  const point = random.chance(0.6) ? random.pick(POINTS) : null;
  const faultPoint = point && `${point}:${RARE_POINTS.has(point) ? 1 : random.whole(1, 40)}`;
  const duplicates = random.chance(0.4) ? random.whole(1, 1e6) : null;
  return {
    names: [
      ...names,
      ...(point ? [`kill -9 at “${point}”`] : []),
      ...(duplicates === null ? [] : ['messages twice, in another order']),
    ],
    faults: faults.sort((a, b) => a.at - b.at),
    start: { faultPoint, duplicates },
  };
}

async function upload(
  client: FaultClient,
  origin: FaultOrigin,
  webhookUrl: string,
  random: Random,
  seed: number,
  [least, most]: [number, number],
): Promise<Upload[]> {
  const uploads: Upload[] = [];
  for (let index = 0, count = random.whole(1, 3); index < count; index++) {
    const images = origin.images(random.whole(least, most), random);
    // Some products have several pictures, and some pictures stand in several products.
    const rows = images.map(
      ({ url }, row) => `${row},P,"${url}${random.chance(0.2) ? `,${random.pick(images).url}` : ''}"`,
    );
    const csv = ['No,Name,Images', ...rows, ''].join('\n');
    const id = await client.upload(csv, { webhookUrl, idempotencyKey: `${seed}-${index}` });
    const expected = new Map(images.map((image) => [image.url, image.expected]));
    uploads.push({ id, expected, rows: rows.length, cancelled: false, retried: false, seen: [[], []] });
  }
  return uploads;
}

async function watchToEnd(upload: Upload, client: FaultClient): Promise<void> {
  await Promise.all(upload.seen.map((events) => client.watch(upload.id, (event) => events.push(event))));
}

/** Each fault comes when its share of all images has ended. */
async function playFaults(
  faults: readonly { fault: Fault; at: number }[],
  uploads: readonly Upload[],
  scene: Scene,
  limit: AbortSignal,
): Promise<void> {
  const total = uploads.reduce((sum, { expected }) => sum + expected.size, 0);
  const share = () => {
    const last = uploads.map(
      ({ seen }) => seen.flatMap((events) => events.slice(-1)).sort((a, b) => b.revision - a.revision)[0],
    );
    if (last.every((each) => each && isEnded(each))) return 1;
    return last.reduce((sum, each) => sum + (each ? each.counts.completed + each.counts.failed : 0), 0) / total;
  };
  for (const { fault, at } of faults) {
    while (share() < at && !limit.aborted) await pause(20);
    await fault(scene);
  }
}

/** Some requests are cancelled on the way. */
async function act(uploads: readonly Upload[], client: FaultClient, random: Random): Promise<void> {
  for (const upload of uploads) {
    if (!random.chance(0.15)) continue;
    upload.cancelled = true;
    await pause(random.whole(0, 3_000));
    await client.act('cancelRequest', upload.id);
  }
}

/** Some that have ended are opened again for their failed images, which fail again. */
async function retry(uploads: readonly Upload[], client: FaultClient, random: Random): Promise<void> {
  for (const upload of uploads) {
    if (!random.chance(0.3)) continue;
    upload.retried = true;
    await client.act('retryFailedImages', upload.id);
    for (const events of upload.seen) await client.watch(upload.id, (event) => events.push(event));
  }
}

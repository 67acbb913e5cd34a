import sharp from 'sharp';
import { OWNER_KEY } from '../../src/storage/keys.js';
import { type FaultClient, isEnded, type SeenImage, type SeenRequest } from './client.js';
import type { Cluster } from './cluster.js';
import type { Expected } from './origin.js';
import type { WebhookReceiver } from './webhook-receiver.js';

export interface Upload {
  id: string;
  /** By URL. */
  expected: ReadonlyMap<string, Expected>;
  rows: number;
  cancelled: boolean;
  retried: boolean;
  /** What each subscriber saw, in its order. */
  seen: SeenRequest[][];
}

/** How long a webhook may take, in milliseconds: a try that was cut off is made again when its lease ran out, and one is refused. */
const WEBHOOK_LIMIT_MS = 120_000;
/** How long the reconciler may take to remove what nothing names, in milliseconds. */
const SWEEP_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 500;
/** Images of each request whose stored files are decoded: all are asked for. */
const DECODED = 40;

/** Everything that is not as it must be after a run, in sentences; knows the service by its public interfaces alone. */
export async function verify(
  uploads: readonly Upload[],
  cluster: Cluster,
  client: FaultClient,
  webhooks: WebhookReceiver,
): Promise<string[]> {
  const problems: string[] = [];
  const named = new Set<string>();
  for (const upload of uploads) {
    const request = await client.request(upload.id);
    const images = await client.images(upload.id);
    const report = (problem: string) => problems.push(`${upload.id}: ${problem}`);
    checkCounts(upload, request, images, report);
    checkSubscribers(upload, request, report);
    await checkOutput(upload, request, images, client, report);
    await checkObjects(images, client, report, named);
    await checkWebhook(upload, client, webhooks, report);
  }
  problems.push(...(await findUnnamed(uploads, cluster, named)));
  return problems;
}

type Report = (problem: string) => void;

function checkCounts(upload: Upload, request: SeenRequest, images: SeenImage[], report: Report): void {
  const { total, completed, failed, cancelled } = request.counts;
  if (!isEnded(request)) report(`is ${request.status}`);
  if (completed + failed + cancelled !== total) report(`counts ${JSON.stringify(request.counts)}`);
  const count = (status: string) => images.filter((image) => image.status === status).length;
  for (const [status, counted] of [
    ['COMPLETED', completed],
    ['FAILED', failed],
    ['CANCELLED', cancelled],
  ] as const) {
    if (count(status) !== counted) report(`${counted} ${status} counted, ${count(status)} images say so`);
  }
  if (images.length !== total) report(`${images.length} images, total ${total}`);
  if (upload.cancelled) return;
  if (total !== upload.expected.size) report(`total ${total}, ${upload.expected.size} different URLs`);
  for (const { sourceUrl, status, error } of images) {
    const expected = upload.expected.get(sourceUrl);
    if (status !== expected) report(`${sourceUrl} is ${status} (${error?.code}: ${error?.message}), not ${expected}`);
  }
}

function checkSubscribers({ seen }: Upload, request: SeenRequest, report: Report): void {
  for (const [index, events] of seen.entries()) {
    let last = 0;
    for (const { revision } of events) {
      if (revision < last) report(`subscriber ${index} saw revision ${revision} after ${last}`);
      last = revision;
    }
    const end = events.at(-1);
    if (!end || !isEnded(end)) report(`subscriber ${index} ended with ${end?.status}`);
    else if (end.status !== request.status) report(`subscriber ${index} was told ${end.status}, not ${request.status}`);
  }
}

async function checkOutput(
  { rows }: Upload,
  { outputCsvUrl, counts }: SeenRequest,
  images: SeenImage[],
  client: FaultClient,
  report: Report,
): Promise<void> {
  const path = new URL(outputCsvUrl ?? 'http://none/').pathname;
  const text = await client.again(async (url) => {
    const response = await fetch(`${url}${path}`);
    if (response.status >= 500) throw new Error(`${response.status}`);
    return response.text();
  });
  const lines = text.trimEnd().split('\n').slice(1);
  if (lines.length !== rows) report(`${lines.length} rows in the output CSV, ${rows} in the input`);
  const outputs = new Set(text.match(/https?:\/\/[^\s",|]+\/objects\/[^\s",|]+/g));
  if (outputs.size !== counts.completed)
    report(`${outputs.size} results in the output CSV, ${counts.completed} counted`);
  for (const { compressed } of images) {
    if (compressed && !outputs.has(compressed.url)) report(`${compressed.url} is not in the output CSV`);
  }
}

async function checkObjects(images: SeenImage[], client: FaultClient, report: Report, named: Set<string>) {
  for (const [index, { original, compressed, sourceUrl }] of images.entries()) {
    if (!original || !compressed) continue;
    if (compressed.bytes > original.bytes) report(`${sourceUrl} grew`);
    for (const stored of new Set([original, compressed])) {
      const { pathname } = new URL(stored.url);
      named.add(pathname.replace('/objects/', ''));
      if (index >= DECODED) continue;
      const bytes = await client.again(async (url) => {
        const response = await fetch(`${url}${pathname}`);
        if (response.status >= 500) throw new Error(`${response.status}`);
        return response.ok ? Buffer.from(await response.arrayBuffer()) : null;
      });
      if (!bytes) report(`${pathname} is not there`);
      else if (bytes.length !== stored.bytes) report(`${pathname} has ${bytes.length} bytes, not ${stored.bytes}`);
      else {
        const { info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
        if (info.width !== stored.width || info.height !== stored.height) report(`${pathname} has another size`);
      }
    }
  }
}

async function checkWebhook({ id, retried }: Upload, client: FaultClient, webhooks: WebhookReceiver, report: Report) {
  const told = await waitUntil(async () => (await client.request(id)).webhook?.status !== 'PENDING', WEBHOOK_LIMIT_MS);
  const byType = webhooks.seen.get(id);
  if (!told || !byType) return report('the webhook was not told');
  for (const [type, ids] of byType) {
    // A retry is another end, and may come to the same state.
    if (ids.size > (retried ? 2 : 1)) report(`the webhook was told ${type} under ${ids.size} ids`);
  }
}

async function findUnnamed(uploads: readonly Upload[], cluster: Cluster, named: ReadonlySet<string>) {
  const ids = new Set(uploads.map(({ id }) => id));
  let unnamed: string[] = [];
  await waitUntil(async () => {
    const outputs = new Map<string, number>();
    unnamed = (await cluster.listObjects()).filter((key) => {
      const [folder = '', id = '', rest = ''] = key.split('/');
      if (key === OWNER_KEY) return false;
      if (folder === 'uploads') return !ids.has(id.replace('.csv', ''));
      if (!ids.has(id) || !rest.startsWith('output-')) return !named.has(key);
      outputs.set(id, (outputs.get(id) ?? 0) + 1);
      return (outputs.get(id) ?? 0) > 1;
    });
    return unnamed.length === 0;
  }, SWEEP_LIMIT_MS);
  return unnamed.map((key) => `nothing names ${key}`);
}

async function waitUntil(check: () => Promise<boolean>, limitMs: number): Promise<boolean> {
  for (const end = Date.now() + limitMs; Date.now() < end; ) {
    if (await check()) return true;
    await new Promise((passed) => setTimeout(passed, LOOK_EVERY_MS));
  }
  return false;
}

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Metrics } from '../domain/metrics.js';
import { ProcessingErrorCode } from '../domain/processing-error.js';
import { OPEN_STATUSES, TERMINAL_STATUSES } from '../domain/request-status.js';
import { addSources, type PrometheusSources } from './prometheus-sources.js';

/** In seconds: from a database's write to the longest fetch that is waited for. */
const IMAGE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const ANSWER_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];
/** From ten images to a million. */
const REQUEST_BUCKETS = [1, 2.5, 5, 10, 30, 60, 150, 300, 600, 1_800, 3_600, 10_800, 36_000];

export interface Prometheus {
  metrics: Metrics;
  contentType: string;
  /** What is asked anew at each scrape. */
  ask(sources: PrometheusSources): void;
  /** The page of `/metrics`. */
  read(): Promise<string>;
}

/** What a process measures, by Prometheus' conventions: in seconds and bytes, in a registry of its own. */
export function createPrometheus({ version, role }: { version: string; role: string }): Prometheus {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'pixelpress_build_info',
    help: 'Always 1; the version and the role of the process.',
    labelNames: ['version', 'role'],
    registers: [registry],
  }).set({ version, role }, 1);
  return {
    metrics: { ...workMetrics(registry), ...clientMetrics(registry) },
    contentType: registry.contentType,
    ask: (sources) => addSources(registry, sources),
    read: () => registry.metrics(),
  };
}

/** Named without the prefix that they all have. */
function makers(registry: Registry) {
  const named = <L extends string>(name: string, help: string, labelNames: readonly L[]) => ({
    name: `pixelpress_${name}`,
    help,
    labelNames,
    registers: [registry],
  });
  return {
    counter: <L extends string = never>(name: string, help: string, labels: readonly L[] = []) =>
      new Counter(named(name, help, labels)),
    gauge: <L extends string = never>(name: string, help: string, labels: readonly L[] = []) =>
      new Gauge(named(name, help, labels)),
    histogram: <L extends string = never>(name: string, help: string, buckets: number[], labels: readonly L[] = []) =>
      new Histogram({ ...named(name, help, labels), buckets }),
  };
}

type WorkMetrics = Pick<
  Metrics,
  | 'requestEnded'
  | 'openRequests'
  | 'openRequestsUnknown'
  | 'imagesInFlight'
  | 'imageCompleted'
  | 'imageFailed'
  | 'imagesCancelled'
  | 'imageDeferred'
  | 'imageStage'
  | 'imageProcessStarted'
  | 'imageProcessUsed'
  | 'messageFailed'
  | 'messageDead'
  | 'webhookTried'
>;

/** What workers tell. */
function workMetrics(registry: Registry): WorkMetrics {
  const { counter, gauge, histogram } = makers(registry);
  const requests = counter('requests_total', 'Requests that ended, by their terminal status.', ['status']);
  const requestDuration = histogram(
    'request_duration_seconds',
    'From the beginning of the work on a request, or its reopening, to its end.',
    REQUEST_BUCKETS,
  );
  const open = gauge('open_requests', 'Requests that have not ended, over all processes: take the maximum.', [
    'status',
  ]);
  const openImages = gauge('open_images', 'Images of them that have not ended, over all processes: take the maximum.');
  const inFlight = gauge('images_in_flight', 'Images that this process works on.');
  const images = counter('images_total', 'Images that ended, by result, and by error code where they failed.', [
    'result',
    'code',
  ]);
  const bytes = counter('image_bytes_total', 'Bytes of completed images as they came and as they are served.', [
    'kind',
  ]);
  const deferred = counter('images_deferred_total', 'Images put back to be taken up later, by reason.', ['reason']);
  const stage = histogram('image_stage_duration_seconds', 'Time of each stage of an image.', IMAGE_BUCKETS, ['stage']);
  const starts = counter('image_process_starts_total', 'Processes that make images that were started.');
  const cpu = counter('image_process_cpu_seconds_total', 'CPU of the processes that make images, in seconds.');
  const memory = gauge('image_process_resident_memory_bytes', 'Resident memory of the process that makes images.');
  const failed = counter('messages_failed_total', 'Tries of messages that failed.', ['topic']);
  const dead = counter('messages_dead_total', 'Messages that were given up.', ['topic']);
  const webhooks = counter('webhook_tries_total', 'Tries of webhooks; pending is to be tried again.', ['result']);
  // Without labels it begins at 0: a process that counts none, such as an api, would say that nothing is to do.
  openImages.remove();
  beginAtZero(requests, 'status', TERMINAL_STATUSES.map(lower));
  beginAtZero(bytes, 'kind', ['original', 'compressed']);
  beginAtZero(deferred, 'reason', ['HOST_BUSY', 'UNAVAILABLE']);
  for (const counter of [failed, dead]) beginAtZero(counter, 'topic', ['requests', 'images']);
  beginAtZero(webhooks, 'result', ['delivered', 'pending', 'failed']);
  for (const code of Object.values(ProcessingErrorCode)) images.inc({ result: 'failed', code }, 0);
  for (const result of ['completed', 'cancelled']) images.inc({ result, code: '' }, 0);
  return {
    requestEnded(status, seconds) {
      requests.inc({ status: lower(status) });
      requestDuration.observe(seconds);
    },
    openRequests(byStatus, count) {
      for (const status of OPEN_STATUSES) open.set({ status: lower(status) }, byStatus.get(status) ?? 0);
      openImages.set(count);
    },
    openRequestsUnknown() {
      open.reset();
      openImages.remove();
    },
    imagesInFlight: (by) => inFlight.inc(by),
    imageCompleted(originalBytes, compressedBytes) {
      images.inc({ result: 'completed', code: '' });
      bytes.inc({ kind: 'original' }, originalBytes);
      bytes.inc({ kind: 'compressed' }, compressedBytes);
    },
    imageFailed: (code) => images.inc({ result: 'failed', code }),
    imagesCancelled: (count) => images.inc({ result: 'cancelled', code: '' }, count),
    imageDeferred: (reason) => deferred.inc({ reason }),
    imageStage: (name, seconds) => stage.observe({ stage: name }, seconds),
    imageProcessStarted: () => starts.inc(),
    imageProcessUsed(cpuSeconds, bytesBy) {
      cpu.inc(cpuSeconds);
      memory.inc(bytesBy);
    },
    messageFailed: (topic) => failed.inc({ topic }),
    messageDead: (topic) => dead.inc({ topic }),
    webhookTried: (status) => webhooks.inc({ result: lower(status) }),
  };
}

/** What the edges tell. */
function clientMetrics(registry: Registry): Omit<Metrics, keyof WorkMetrics> {
  const { counter, gauge, histogram } = makers(registry);
  const uploads = counter('uploads_total', 'Uploaded files, by what became of them.', ['result']);
  const uploaded = counter('upload_bytes_total', 'Bytes of the files that were read to their end.');
  const subscribers = gauge('subscribers', 'Who watches a request, over WebSocket or server-sent events.');
  const events = counter('events_delivered_total', 'Events given to subscribers.');
  const http = histogram('http_request_duration_seconds', 'Time to the end of an answer.', ANSWER_BUCKETS, [
    'method',
    'route',
    'status',
  ]);
  const operations = histogram(
    'graphql_operation_duration_seconds',
    'Time of GraphQL operations, of a subscription to its beginning; by the code of the first error.',
    ANSWER_BUCKETS,
    ['type', 'code'],
  );
  beginAtZero(uploads, 'result', ['accepted', 'repeated', 'refused']);
  return {
    uploadTaken(result, bytes) {
      uploads.inc({ result });
      uploaded.inc(bytes);
    },
    subscribers: (by) => subscribers.inc(by),
    eventDelivered: () => events.inc(),
    httpAnswered: (method, route, status, seconds) => http.observe({ method, route, status }, seconds),
    operationEnded: (type, code, seconds) => operations.observe({ type, code: code ?? 'OK' }, seconds),
  };
}

/** A series that is there before its first count: else that one would be no increase. */
function beginAtZero<L extends string>(counter: Counter<L>, label: L, values: readonly string[]): void {
  for (const value of values) counter.inc({ [label]: value } as Record<L, string>, 0);
}

function lower(status: string): string {
  return status.toLowerCase();
}

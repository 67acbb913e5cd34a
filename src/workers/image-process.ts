import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { once } from 'node:events';
import { unavailable } from '../domain/errors.js';
import type { Metrics } from '../domain/metrics.js';
import type { ObjectStorage } from '../storage/object-storage.js';
import { type FromImageProcess, type ImageReply, type ToImageProcess, toError, type Usage } from './image-messages.js';
import type { MakeImage } from './make-image.js';

/** What Node and libvips look at. Nothing else of the environment, least of all a secret, is handed on. */
const ENVIRONMENT =
  /^(PATH|HOME|TMPDIR|LANG|TZ|LD_.*|FONTCONFIG_.*|SSL_CERT_.*|NODE_EXTRA_CA_CERTS|NODE_OPTIONS|OPENSSL_CONF|UV_THREADPOOL_SIZE|SystemRoot)$/i;

/**
 * Beside a thread for each image that is decoded, one for files and names for so many images. libuv takes threads in
 * turn, and each has memory of its own that the caches forget meanwhile: twice as many cost a twentieth of the whole.
 */
const IMAGES_PER_FILE_THREAD = 3;
/**
 * What its heap may grow to before the first whole collection, in MiB. By itself V8 reckons with the few that its code
 * needs, and with the bytes of images beside them it would collect every 16 images.
 */
const OLD_SPACE_MIB = 64;

export interface ImageProcessOptions<Settings> {
  /** Of the process: it calls `serveImages`. */
  script: string;
  settings: Settings;
  /** Images decoded or encoded at once, each by a thread of its own. */
  compressAtOnce: number;
  storage: Pick<ObjectStorage, 'delete'>;
  metrics: Pick<Metrics, 'imageProcessStarted' | 'imageProcessUsed'>;
  /** Variables that it needs beside those of every process, by their names. */
  environment?: RegExp;
}

/** The process that makes images: what a decoder does wrong there is the end of that process alone. */
export interface ImageProcess {
  readonly ended: boolean;
  /** @throws ImageProcessEndedError beside what it throws anyway */
  makeImage: MakeImage;
  close(): Promise<void>;
}

export class ImageProcessEndedError extends Error {
  /** By somebody from outside, such as a kernel that has no memory left, and not by a fault of its own. */
  readonly wasKilled: boolean;

  constructor(end: string) {
    super(`the process that makes images ended: ${end}`);
    this.name = 'ImageProcessEndedError';
    this.wasKilled = end === 'SIGKILL';
  }
}

interface Waiting {
  resolve(reply: ImageReply): void;
  reject(error: unknown): void;
}

/** @throws AppError UNAVAILABLE if it cannot be started */
export async function startImageProcess<Settings>(options: ImageProcessOptions<Settings>): Promise<ImageProcess> {
  const waiting = new Map<number, Waiting>();
  const child = forkProcess(options);
  const tellUsage = createTellUsage(options);
  // That something cannot be sent is told by the end of the process.
  const send = (message: ToImageProcess<Settings>) => void child.send(message, () => undefined);
  let end: string | null = null;
  let ids = 0;
  const settle = (id: number) => {
    const found = waiting.get(id);
    waiting.delete(id);
    return found;
  };
  child.on('message', (message: FromImageProcess) => {
    if (message === 'ready') return;
    if ('id' in message) settle(message.id)?.resolve(message);
    // What was on its way at the end is told of memory that is free again.
    else if (end === null) tellUsage(message.usage);
  });
  child.on('exit', (code, signal) => {
    end = signal ?? `code ${code}`;
    tellUsage({ residentBytes: 0 });
    for (const id of [...waiting.keys()]) settle(id)?.reject(new ImageProcessEndedError(end));
  });
  send({ settings: options.settings });
  await started(child);

  return {
    get ended() {
      return end !== null;
    },
    async makeImage({ image: { _id, requestId, sourceUrl }, claim }, compressOptions, { signal, onStage }) {
      signal.throwIfAborted();
      if (end !== null) throw new ImageProcessEndedError(end);
      const id = ids++;
      const abort = () => send({ abort: id });
      signal.addEventListener('abort', abort);
      const replied = new Promise<ImageReply>((resolve, reject) => waiting.set(id, { resolve, reject }));
      send({ id, image: { image: { _id, requestId, sourceUrl }, claim }, options: compressOptions });
      const reply = await replied.finally(() => signal.removeEventListener('abort', abort));
      reply.stages.forEach(onStage);
      if ('failure' in reply) throw toError(reply.failure);
      const { result } = reply;
      const keys = [...new Set([result.original.key, result.compressed.key])];
      return { result, discard: () => options.storage.delete(keys) };
    },
    async close() {
      if (end !== null) return;
      const ended = once(child, 'exit');
      // An exit of its own would wait for libvips.
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** By differences: the sums go on where another process takes over, and hold while there are two. */
function createTellUsage({ metrics }: Pick<ImageProcessOptions<unknown>, 'metrics'>) {
  let told: Usage = { cpuSeconds: 0, residentBytes: 0 };
  metrics.imageProcessStarted();
  return (usage: Partial<Usage>) => {
    const now = { ...told, ...usage };
    metrics.imageProcessUsed(now.cpuSeconds - told.cpuSeconds, now.residentBytes - told.residentBytes);
    told = now;
  };
}

/** @throws AppError UNAVAILABLE where the system has no process, no file or no memory for it */
function forkProcess<Settings>({ script, compressAtOnce, environment }: ImageProcessOptions<Settings>): ChildProcess {
  const isHandedOn = (name: string) => ENVIRONMENT.test(name) || environment?.test(name);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => isHandedOn(name)));
  try {
    const child = fork(script, optionsOf(env, compressAtOnce));
    // What has no process says so later; `connected` says it now.
    child.on('error', () => undefined);
    if (child.connected) return child;
  } catch (error) {
    throw unavailable('process that makes images', error);
  }
  throw unavailable('process that makes images');
}

function optionsOf(env: NodeJS.ProcessEnv, compressAtOnce: number): ForkOptions {
  return {
    env: { UV_THREADPOOL_SIZE: String(compressAtOnce + Math.ceil(compressAtOnce / IMAGES_PER_FILE_THREAD)), ...env },
    execArgv: [`--initial-old-space-size=${OLD_SPACE_MIB}`],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  };
}

async function started(child: ChildProcess): Promise<void> {
  const stop = new AbortController();
  const ended = once(child, 'exit', stop).then(
    ([code, signal]) => new ImageProcessEndedError(signal ?? `code ${code}`),
  );
  ended.catch(() => undefined);
  try {
    // Rejects where there is no process to be had.
    const first = await Promise.race([once(child, 'message', stop), ended]);
    if (first instanceof Error) throw first;
  } catch (error) {
    throw unavailable('process that makes images', error);
  } finally {
    stop.abort();
  }
}

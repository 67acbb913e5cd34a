import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { availableParallelism, totalmem } from 'node:os';
import type { Limits } from './domain/limits.js';
import { parseUrl } from './domain/parse-url.js';
import { ConfigError, type EnvValues, readEnv } from './env-values.js';
import type { KafkaSettings } from './messaging/kafka-client.js';
import type { S3Settings } from './storage/s3-client.js';

export type Role = 'all' | 'api' | 'worker';

/** Everything that is set from outside, checked once at the start. */
export interface Config {
  host: string;
  port: number;
  role: Role;
  dataDir: string;
  publicUrl: string | null;
  assetBaseUrl: string | null;
  /** Null is the embedded database. */
  mongodbUri: string | null;
  /** Null is messaging within the process. */
  kafka: KafkaSettings | null;
  /** Null is the disk. */
  s3: S3Settings | null;
  /** Secrets by name; empty: open to whoever reaches the port. */
  apiKeys: ReadonlyMap<string, string>;
  fetchAllow: string[];
  /** Images in hand at once: fetched, waiting for a core, or being stored. */
  workerConcurrency: number;
  /** What decoding and encoding the images in hand may take at once. */
  imageMemoryBytes: number;
  limits: Limits;
  security: SecurityConfig;
  /** Between two looks for what a crash left, in milliseconds: it is mended after at most two of them. */
  reconcileEveryMs: number;
  /** For one whole upload, in milliseconds. */
  uploadTimeoutMs: number;
  /** Free bytes on the disk of `dataDir` below which nothing new is taken; 0 looks at none. */
  minFreeDiskBytes: number;
  /** How long ended requests are kept, in milliseconds; null is for ever. */
  retentionMs: number | null;
  logLevel: string;
  /** Spans are sent to where OTEL_EXPORTER_OTLP_ENDPOINT says; the other OTEL_… are read by OpenTelemetry itself. */
  tracing: boolean;
}

/** What strangers meet. */
export interface SecurityConfig {
  /** Origins of other sites whose pages may use the service; empty: none. */
  corsOrigins: string[];
  /** Proxies of the operator's before the service, whose `X-Forwarded-For` is believed. */
  trustedProxies: number;
  /** Of one key, and of one address; 0 sets no limit. */
  uploadsPerMinute: number;
  queriesPerMinute: number;
  socketsPerClient: number;
  /** How the operator is reached, for the User-Agent that others see in their logs. */
  fetchContact: string | null;
  /** Secrets of Standard Webhooks: each signs, so that receivers can change over from one to the next. */
  webhookSecrets: string[];
  /** What whoever reads `/metrics` must show; null: whoever reaches the port may. */
  metricsToken: string | null;
  /** Open to all who reach a loopback address: then only names of this machine are answered to. */
  localNamesOnly: boolean;
}

const MIB = 1024 * 1024;
/** For decoding and encoding, for each core: an image of 24 megapixels with the most costly options. */
const IMAGE_MEMORY_PER_CORE = 1024 * MIB;
const DAY_MS = 86_400_000;
const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'];
/** WebSockets of one client: of an office behind one address, or of a whole machine that only its own people reach. */
const SOCKETS_PER_CLIENT = 1_000;
const SOCKETS_ON_LOOPBACK = 10_000;
/**
 * Images in hand for each core. Most of them wait for the network or to be recorded: a host that hangs may hold
 * FETCH_PER_HOST of them, and those of other hosts go on beside it. How many are compressed at once is the number of cores
 * and one.
 */
const IMAGES_PER_CORE = 12;

/** Reads `.env` where there is one; what is set already stays. */
export function loadEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/** @throws StartError that names the variable */
export function readConfig(variables: NodeJS.ProcessEnv): Config {
  const env = readEnv(variables);
  const host = env.text('HOST') ?? '127.0.0.1';
  const role = env.oneOf('ROLE', ['all', 'api', 'worker'], 'all');
  const apiKeys = readApiKeys(env);
  const allowAnonymous = env.flag('ALLOW_ANONYMOUS');
  if (role !== 'worker' && apiKeys.size === 0 && !isLoopback(host) && !allowAnonymous) {
    throw new ConfigError(
      'API_KEYS',
      `must be set while HOST is ${host}; or set ALLOW_ANONYMOUS=true to let anyone in.`,
    );
  }
  const config: Config = {
    host,
    port: env.whole('PORT', 4000, 0, 65_535),
    role,
    dataDir: env.text('DATA_DIR') ?? '.data',
    publicUrl: env.url('PUBLIC_URL'),
    assetBaseUrl: env.url('ASSET_BASE_URL'),
    mongodbUri: env.text('MONGODB_URI') ?? null,
    kafka: readKafka(env),
    s3: readS3(env),
    apiKeys,
    fetchAllow: readFetchAllow(env),
    workerConcurrency: env.whole('WORKER_CONCURRENCY', IMAGES_PER_CORE * availableParallelism(), 1, 1_000),
    imageMemoryBytes: env.whole('IMAGE_MEMORY_BYTES', usualImageMemory(), 64 * MIB),
    limits: {
      maxFileBytes: env.whole('MAX_FILE_BYTES', 100 * MIB, 1),
      maxRows: env.whole('MAX_ROWS', 1_000_000, 1, 10_000_000),
      maxImagesPerRow: env.whole('MAX_IMAGES_PER_ROW', 100, 1, 10_000),
      maxImageBytes: env.whole('MAX_IMAGE_BYTES', 50 * MIB, 1),
      maxImagePixels: env.whole('MAX_IMAGE_PIXELS', 100_000_000, 1),
      compressTimeoutSeconds: env.whole('COMPRESS_TIMEOUT_SECONDS', 60, 1, 3_600),
      maxImageFrames: env.whole('MAX_IMAGE_FRAMES', 1_000, 1, 1_000_000),
      fetchTimeoutMs: env.whole('FETCH_TIMEOUT_MS', 30_000, 1, 3_600_000),
      fetchPerHost: env.whole('FETCH_PER_HOST', 8, 1, 1_000),
    },
    security: readSecurity(env, apiKeys.size === 0 && isLoopback(host)),
    reconcileEveryMs: env.whole('RECONCILE_EVERY_MS', 60_000, 1_000, 3_600_000),
    uploadTimeoutMs: env.whole('UPLOAD_TIMEOUT_MS', 30 * 60_000, 1_000, DAY_MS),
    minFreeDiskBytes: env.whole('MIN_FREE_DISK_BYTES', 256 * MIB, 0),
    retentionMs: env.whole('RETENTION_DAYS', 0, 0, 36_500) * DAY_MS || null,
    logLevel: env.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    tracing: readTracing(env),
  };
  checkRole(config);
  return config;
}

/** At most half of what the machine or its container has. */
function usualImageMemory(): number {
  const available = Math.min(totalmem(), process.constrainedMemory() || totalmem());
  return Math.min(IMAGE_MEMORY_PER_CORE * availableParallelism(), Math.floor(available / 2));
}

function readApiKeys(env: EnvValues): Map<string, string> {
  const keys = new Map<string, string>();
  for (const entry of (env.text('API_KEYS') ?? '').split(',').filter(Boolean)) {
    const [, name, secret] = /^\s*([\w.-]+):(\S+)\s*$/.exec(entry) ?? [];
    if (!name || !secret) throw new ConfigError('API_KEYS', 'is a list of name:secret, parted by commas.');
    if (keys.has(name)) throw new ConfigError('API_KEYS', `names “${name}” twice.`);
    keys.set(name, secret);
  }
  return keys;
}

function readFetchAllow(env: EnvValues): string[] {
  const entries = env.list('FETCH_ALLOW');
  for (const entry of entries) {
    const [address, prefix] = entry.split('/');
    const bits = isIP(address ?? '') === 4 ? 32 : 128;
    const isCidr = isIP(address ?? '') !== 0 && /^\d+$/.test(prefix ?? '') && Number(prefix) <= bits;
    if (prefix !== undefined && !isCidr) throw new ConfigError('FETCH_ALLOW', `holds “${entry}”, which is no CIDR.`);
  }
  return entries;
}

function readSecurity(env: EnvValues, localNamesOnly: boolean): SecurityConfig {
  return {
    corsOrigins: env.list('CORS_ORIGINS').map((origin) => {
      if (origin === '*' || parseUrl(origin)?.origin === origin) return origin;
      throw new ConfigError('CORS_ORIGINS', `holds “${origin}”, which is no origin (https://shop.example).`);
    }),
    trustedProxies: env.whole('TRUST_PROXY', 0, 0, 10),
    uploadsPerMinute: env.whole('RATE_LIMIT_UPLOADS_PER_MINUTE', 600, 0),
    queriesPerMinute: env.whole('RATE_LIMIT_QUERIES_PER_MINUTE', 12_000, 0),
    socketsPerClient: env.whole('MAX_SOCKETS_PER_CLIENT', localNamesOnly ? SOCKETS_ON_LOOPBACK : SOCKETS_PER_CLIENT, 1),
    fetchContact: env.text('FETCH_CONTACT') ?? env.url('PUBLIC_URL'),
    webhookSecrets: readWebhookSecrets(env),
    metricsToken: env.text('METRICS_TOKEN') ?? null,
    localNamesOnly,
  };
}

/** The new one and the one before it; their text is told to nobody. */
function readWebhookSecrets(env: EnvValues): string[] {
  const secrets = env.list('WEBHOOK_SECRET');
  if (secrets.length > 2 || secrets.some((secret) => !/^(whsec_)?[A-Za-z0-9+/]{16,}={0,2}$/.test(secret))) {
    throw new ConfigError('WEBHOOK_SECRET', 'is one secret in base64 or two, with or without whsec_ before each.');
  }
  return secrets;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

/** Confluent Cloud's own names stand for brokers, and a key for them. */
function readKafka(env: EnvValues): KafkaSettings | null {
  const cloud = env.text('CONFLUENT_CLOUD_BOOTSTRAP_SERVERS');
  const brokers = env.text('KAFKA_BROKERS') ?? cloud;
  if (!brokers) return null;
  const list = brokers.split(',').map((broker) => broker.trim());
  const name = cloud && !env.text('KAFKA_BROKERS') ? 'CONFLUENT_CLOUD_BOOTSTRAP_SERVERS' : 'KAFKA_BROKERS';
  const bad = list.find((broker) => !/^[^\s/:]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i.test(broker));
  if (bad !== undefined) throw new ConfigError(name, `is a list of host:port, parted by commas, not “${bad}”.`);
  const prefix = env.text('KAFKA_TOPIC_PREFIX') ?? 'pixelpress';
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(prefix)) {
    throw new ConfigError('KAFKA_TOPIC_PREFIX', 'has 1 to 100 letters, digits, dots, hyphens and underscores.');
  }
  const credentials = env.pair('CONFLUENT_CLOUD_API_KEY', 'CONFLUENT_CLOUD_API_SECRET');
  if (name !== 'KAFKA_BROKERS' && !credentials) {
    throw new ConfigError('CONFLUENT_CLOUD_API_KEY', 'must be set with CONFLUENT_CLOUD_BOOTSTRAP_SERVERS.');
  }
  return { brokers: list, prefix, credentials: credentials && { username: credentials[0], password: credentials[1] } };
}

function readS3(env: EnvValues): S3Settings | null {
  const bucket = env.text('AWS_BUCKET_NAME');
  if (!bucket) return null;
  const endpoint = env.url('S3_ENDPOINT');
  const publicEndpoint = env.url('S3_PUBLIC_ENDPOINT');
  const region = env.text('AWS_REGION') ?? (endpoint ? 'us-east-1' : undefined);
  if (!region) throw new ConfigError('AWS_REGION', 'must be set with AWS_BUCKET_NAME.');
  const keys = env.pair('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY');
  const credentials = keys && { accessKeyId: keys[0], secretAccessKey: keys[1] };
  // A session's token belongs to its keys: then all three are the SDK's to read.
  return { bucket, region, endpoint, publicEndpoint, credentials: env.text('AWS_SESSION_TOKEN') ? null : credentials };
}

/** As OpenTelemetry's specification names them; off until one asks for it. */
function readTracing(env: EnvValues): boolean {
  const exporter = env.text('OTEL_TRACES_EXPORTER');
  const endpoint = env.text('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? env.text('OTEL_EXPORTER_OTLP_ENDPOINT');
  if (env.flag('OTEL_SDK_DISABLED') || exporter === 'none' || (!exporter && !endpoint)) return false;
  if (exporter && exporter !== 'otlp') throw new ConfigError('OTEL_TRACES_EXPORTER', 'is otlp or none.');
  const protocol = env.text('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? env.text('OTEL_EXPORTER_OTLP_PROTOCOL');
  if (protocol === 'grpc') {
    throw new ConfigError(
      'OTEL_EXPORTER_OTLP_PROTOCOL',
      'is http/json: spans are sent as JSON over HTTP, to port 4318.',
    );
  }
  return true;
}

/** What one role alone needs to be of use: the other one, in another process, must see the same. */
function checkRole({ role, mongodbUri, kafka, s3, publicUrl }: Config): void {
  if (role === 'all') return;
  const alone = `must be set where ROLE is ${role}: the embedded`;
  if (!mongodbUri) throw new ConfigError('MONGODB_URI', `${alone} database is for one process.`);
  if (!kafka) throw new ConfigError('KAFKA_BROKERS', `${alone} messaging is for one process.`);
  if (!s3) throw new ConfigError('AWS_BUCKET_NAME', `${alone} object store is for one process.`);
  if (role === 'worker' && !publicUrl) {
    throw new ConfigError('PUBLIC_URL', 'must be set where ROLE is worker: results are named by it.');
  }
}

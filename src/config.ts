import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import type { Limits } from './domain/limits.js';

export type Role = 'all' | 'api' | 'worker';

/** Everything that is set from outside, checked once at the start. */
export interface Config {
  host: string;
  port: number;
  role: Role;
  dataDir: string;
  publicUrl: string | null;
  assetBaseUrl: string | null;
  mongodbUri: string | null;
  /** Secrets by name; empty: open to whoever reaches the port. */
  apiKeys: ReadonlyMap<string, string>;
  fetchAllow: string[];
  /** Images in hand at once; as many are fetched, and one for each core compressed. */
  workerConcurrency: number;
  limits: Limits;
  webhookSecret: string | null;
  logLevel: string;
}

/** A setting that cannot be: its message names the variable, and ends the start. */
export class ConfigError extends Error {
  constructor(name: string, problem: string) {
    super(`${name} ${problem}`);
    this.name = 'ConfigError';
  }
}

type Env = Readonly<Record<string, string | undefined>>;

const MIB = 1024 * 1024;
const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'];
/** Images in hand for each core: some are fetched while others are compressed. */
const IMAGES_PER_CORE = 4;

/** Reads `.env` where there is one; what is set already stays. */
export function loadEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/** @throws ConfigError */
export function readConfig(env: Env): Config {
  const host = text(env, 'HOST') ?? '127.0.0.1';
  const apiKeys = readApiKeys(env);
  if (apiKeys.size === 0 && !isLoopback(host) && !flag(env, 'ALLOW_ANONYMOUS')) {
    throw new ConfigError(
      'API_KEYS',
      `must be set while HOST is ${host}; or set ALLOW_ANONYMOUS=true to let anyone in.`,
    );
  }
  refuseUnsupported(env);
  return {
    host,
    port: whole(env, 'PORT', 4000, 0, 65_535),
    role: oneOf(env, 'ROLE', ['all', 'api', 'worker'], 'all'),
    dataDir: text(env, 'DATA_DIR') ?? '.data',
    publicUrl: url(env, 'PUBLIC_URL'),
    assetBaseUrl: url(env, 'ASSET_BASE_URL'),
    mongodbUri: text(env, 'MONGODB_URI') ?? null,
    apiKeys,
    fetchAllow: readFetchAllow(env),
    workerConcurrency: whole(env, 'WORKER_CONCURRENCY', IMAGES_PER_CORE * availableParallelism(), 1, 1_000),
    limits: {
      maxFileBytes: whole(env, 'MAX_FILE_BYTES', 100 * MIB, 1),
      maxRows: whole(env, 'MAX_ROWS', 1_000_000, 1, 10_000_000),
      maxImagesPerRow: whole(env, 'MAX_IMAGES_PER_ROW', 100, 1, 10_000),
      maxImageBytes: whole(env, 'MAX_IMAGE_BYTES', 50 * MIB, 1),
      maxImagePixels: whole(env, 'MAX_IMAGE_PIXELS', 100_000_000, 1),
      fetchTimeoutMs: whole(env, 'FETCH_TIMEOUT_MS', 30_000, 1, 3_600_000),
      fetchPerHost: whole(env, 'FETCH_PER_HOST', 8, 1, 1_000),
    },
    webhookSecret: readWebhookSecret(env),
    logLevel: oneOf(env, 'LOG_LEVEL', LOG_LEVELS, 'info'),
  };
}

function text(env: Env, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

function flag(env: Env, name: string): boolean {
  return oneOf(env, name, ['true', 'false'], 'false') === 'true';
}

function whole(env: Env, name: string, otherwise: number, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const given = text(env, name);
  if (given === undefined) return otherwise;
  const value = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new ConfigError(name, `is a whole number from ${least} to ${most}, not “${given}”.`);
  return value;
}

function oneOf<T extends string>(env: Env, name: string, allowed: readonly T[], otherwise: T): T {
  const given = text(env, name) ?? otherwise;
  const found = allowed.find((each) => each === given);
  if (!found) throw new ConfigError(name, `is one of ${allowed.join(', ')}, not “${given}”.`);
  return found;
}

/** Without the slash at its end. */
function url(env: Env, name: string): string | null {
  const given = text(env, name);
  if (given === undefined) return null;
  if (!URL.canParse(given) || !/^https?:/.test(given))
    throw new ConfigError(name, `is an http or https URL, not “${given}”.`);
  return given.replace(/\/+$/, '');
}

function readApiKeys(env: Env): Map<string, string> {
  const keys = new Map<string, string>();
  for (const entry of (text(env, 'API_KEYS') ?? '').split(',').filter(Boolean)) {
    const [, name, secret] = /^\s*([\w.-]+):(\S+)\s*$/.exec(entry) ?? [];
    if (!name || !secret) throw new ConfigError('API_KEYS', 'is a list of name:secret, parted by commas.');
    keys.set(name, secret);
  }
  return keys;
}

function readFetchAllow(env: Env): string[] {
  const entries = (text(env, 'FETCH_ALLOW') ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
  for (const entry of entries) {
    const [address, prefix] = entry.split('/');
    const bits = isIP(address ?? '') === 4 ? 32 : 128;
    const isCidr = isIP(address ?? '') !== 0 && /^\d+$/.test(prefix ?? '') && Number(prefix) <= bits;
    if (prefix !== undefined && !isCidr) throw new ConfigError('FETCH_ALLOW', `holds “${entry}”, which is no CIDR.`);
  }
  return entries;
}

function readWebhookSecret(env: Env): string | null {
  const secret = text(env, 'WEBHOOK_SECRET');
  if (secret && !/^(whsec_)?[A-Za-z0-9+/]{16,}={0,2}$/.test(secret)) {
    throw new ConfigError('WEBHOOK_SECRET', 'is a secret in base64, with or without whsec_ before it.');
  }
  return secret ?? null;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

/** Names of settings that later versions know: silently ignoring one would put data where nobody looks for it. */
function refuseUnsupported(env: Env): void {
  for (const name of ['KAFKA_BROKERS', 'CONFLUENT_CLOUD_BOOTSTRAP_SERVERS', 'AWS_BUCKET_NAME']) {
    if (text(env, name)) throw new ConfigError(name, 'is set, but this version has the embedded engine only.');
  }
  if (text(env, 'ROLE') && text(env, 'ROLE') !== 'all') {
    throw new ConfigError('ROLE', 'is “all” in this version: its messaging stays within one process.');
  }
}

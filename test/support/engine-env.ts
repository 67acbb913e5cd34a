import { randomUUID } from 'node:crypto';
import { openMongo } from './open-mongo.js';

const SHARED = [
  'KAFKA_BROKERS',
  'S3_ENDPOINT',
  'AWS_REGION',
  'AWS_BUCKET_NAME',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
];

/**
 * The variables of the engines that a tested service runs on: with E2E_ENGINES=real the ones of this environment, with
 * a database and topics of its own; else none, which means the embedded ones.
 */
export async function engineEnv(): Promise<{ env: Record<string, string>; close(): Promise<void> }> {
  if (process.env['E2E_ENGINES'] !== 'real') return { env: {}, close: async () => undefined };
  const name = `test-${randomUUID()}`;
  const mongo = await openMongo(process.env['MONGODB_URI'] ?? '');
  const uri = new URL(mongo.uri);
  uri.pathname = `/${name}`;
  const shared = Object.fromEntries(SHARED.map((variable) => [variable, process.env[variable] ?? '']));
  return { env: { ...shared, MONGODB_URI: uri.href, KAFKA_TOPIC_PREFIX: name }, close: mongo.close };
}

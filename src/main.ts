import pino from 'pino';
import { createApp } from './app.js';
import { loadEnvFile, readConfig } from './config.js';
import { StartError } from './domain/errors.js';

/** A stop that takes longer than this, in milliseconds, is cut short: what is in work comes again at the next start. */
const STOP_MS = 15_000;

/** One process, from its start to its stop by a signal. */
async function main(): Promise<void> {
  loadEnvFile();
  const config = readConfig(process.env);
  const log = pino({ level: config.logLevel, serializers: { error: pino.stdSerializers.err } });
  const app = await createApp(config, log);
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_MS).unref();
    await app.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
}

main().catch((error: NodeJS.ErrnoException) => {
  const inUse = error.code === 'EADDRINUSE' && 'The port is in use: set PORT to another one.';
  console.error(inUse || (error instanceof StartError ? error.message : error));
  process.exit(1);
});

import { createApp, type WrapEngines } from './app.js';
import { loadEnvFile, readConfig } from './config.js';
import { StartError } from './domain/errors.js';
import { createLog } from './observation/create-log.js';

/** A stop that takes longer than this, in milliseconds, is cut short: what is in work comes again at the next start. */
const STOP_MS = 15_000;

/** One process, from its start to its stop by a signal. */
async function start(wrap?: WrapEngines): Promise<void> {
  loadEnvFile();
  const config = readConfig(process.env);
  const log = await createLog(config.logLevel);
  const starting = createApp(config, log, wrap);
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_MS).unref();
    await (await starting).close();
    process.exit(0);
  };
  // A signal during the start is heard as well, and answered when there is something to close.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop(signal));
  await starting;
}

/** Runs this process until a signal ends it; a start that fails ends it with a sentence. @param wrap as `createApp`'s */
export async function runProcess(wrap?: WrapEngines): Promise<void> {
  try {
    await start(wrap);
  } catch (error) {
    const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    const told = error instanceof StartError ? error.message : error;
    console.error(inUse ? 'The port is in use: set PORT to another one.' : told);
    process.exit(1);
  }
}

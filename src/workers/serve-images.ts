import { constants, getPriority, setPriority } from 'node:os';
import { type FromImageProcess, type ToImageProcess, toFailure, type Usage } from './image-messages.js';
import type { MakeImage } from './make-image.js';
import type { StageTaken } from './run-stage.js';

/** In milliseconds. What a process used after it last told is lost with it. */
const USAGE_EVERY_MS = 1_000;

/**
 * The inside of the process that makes images: answers the one that started it, and ends with it.
 * @param createMakeImage is called once, with the settings
 */
export function serveImages<Settings>(createMakeImage: (settings: Settings) => Promise<MakeImage>): void {
  lowerPriority();
  const tell = (message: FromImageProcess) => void process.send?.(message, () => undefined);
  const inWork = new Map<number, AbortController>();
  let makeImage: MakeImage | null = null;
  process.on('message', async (message: ToImageProcess<Settings>) => {
    if ('settings' in message) {
      makeImage = await createMakeImage(message.settings);
      tell('ready');
      const tellUsage = () => tell({ usage: readUsage() });
      tellUsage();
      setInterval(tellUsage, USAGE_EVERY_MS);
    } else if ('abort' in message) {
      inWork.get(message.abort)?.abort();
    } else if (makeImage) {
      const { id, image, options } = message;
      const stop = new AbortController();
      const stages: StageTaken[] = [];
      inWork.set(id, stop);
      try {
        const onStage = (taken: StageTaken) => void stages.push(taken);
        const { result } = await makeImage(image, options, { signal: stop.signal, onStage });
        tell({ id, stages, result });
      } catch (error) {
        tell({ id, stages, failure: toFailure(error) });
      } finally {
        inWork.delete(id);
      }
    }
  });
  // It does not outlive the one that started it, however that ended, nor end before it: Ctrl-C at a terminal is for both,
  // since in a session of its own Linux would set its priority against that of the whole other session.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
}

function readUsage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuSeconds: (user + system) / 1_000_000, residentBytes: process.memoryUsage.rss() };
}

/** Before other threads begin, since each takes over the priority of the one that starts it. */
function lowerPriority(): void {
  try {
    // A priority that is lower already may not be raised.
    setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
  } catch {
    // It works at any priority.
  }
}

import { isTerminal } from '../domain/request-status.js';
import type { PubSub } from '../messaging/pub-sub.js';
import type { ProgressMessage } from '../messaging/topics.js';
import type { RequestSnapshot } from '../models/request.js';
import { mergeEvents, type RequestEvent } from './request-event.js';

/** Between two events of one request, in milliseconds: at most four a second, from however many workers. */
const EVENT_PAUSE_MS = 250;

/** Hears the events of one request, until the function that comes back is called. */
export type EventHub = (id: string, listener: (event: RequestEvent) => void) => () => void;

/**
 * One subscription to the topic for all watchers of this process: a message costs only its own watchers, and all of
 * them get the same event at the same time, so that what is made of it is made once.
 */
export async function createEventHub(pubSub: PubSub): Promise<EventHub> {
  const channels = new Map<string, ReturnType<typeof createChannel>>();
  await pubSub.subscribe('progress', (message) => channels.get(message.requestId)?.add(message));
  return (id, listener) => {
    const channel = channels.get(id) ?? createChannel();
    channels.set(id, channel);
    channel.listeners.add(listener);
    return () => {
      channel.listeners.delete(listener);
      if (channel.listeners.size > 0) return;
      channel.close();
      channels.delete(id);
    };
  };
}

/** The messages of one request at the pace of its watchers; its end is told at once. */
function createChannel() {
  const listeners = new Set<(event: RequestEvent) => void>();
  let held: RequestEvent | null = null;
  let pause: NodeJS.Timeout | null = null;
  const tell = () => {
    pause = null;
    if (!held) return;
    const event = held;
    held = null;
    pause = setTimeout(tell, EVENT_PAUSE_MS);
    for (const listener of listeners) listener(event);
  };
  const close = () => clearTimeout(pause ?? undefined);
  return {
    listeners,
    add({ request, finishedImageIds }: ProgressMessage) {
      // Progress messages carry the snapshot that an update in `models/` returned.
      held = mergeEvents(held, { request: request as RequestSnapshot, finishedImageIds });
      if (pause && !isTerminal(held.request.status)) return;
      close();
      tell();
    },
    close,
  };
}

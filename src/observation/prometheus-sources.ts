import { Gauge, type Registry } from 'prom-client';
import type { Outage } from '../domain/errors.js';

/** What is asked at each scrape; each answers within a limit of time, or throws. */
export interface PrometheusSources {
  /** Messages by topic that are published and not finished. */
  queueLag(): Promise<Readonly<Record<string, number>>>;
  /** Engines by name, and whether each answers. */
  engines(): Promise<Readonly<Record<string, 'ok' | Outage>>>;
}

/** Adds what has to be asked. Where the answer is not to be had there is no series: an old one would mislead. */
export function addSources(registry: Registry, { queueLag, engines }: PrometheusSources): void {
  new Gauge({
    name: 'pixelpress_queue_lag_messages',
    help: 'Messages published and not finished; on Kafka the lag of the consumer group: take the maximum.',
    labelNames: ['topic'],
    registers: [registry],
    async collect() {
      this.reset();
      const lag = await queueLag().catch(() => ({}));
      for (const [topic, messages] of Object.entries(lag)) this.set({ topic }, messages);
    },
  });
  new Gauge({
    name: 'pixelpress_engine_up',
    help: '1 where the engine answers this process, 0 where it does not.',
    labelNames: ['engine'],
    registers: [registry],
    async collect() {
      for (const [engine, state] of Object.entries(await engines())) this.set({ engine }, state === 'ok' ? 1 : 0);
    },
  });
}

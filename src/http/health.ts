import { Router } from 'express';
import type { Authenticate } from './authenticate.js';
import { requireOwner } from './authenticate.js';

/** Which engines answer, by their names. */
export type CheckEngines = () => Promise<Readonly<Record<string, boolean>>>;

export interface HealthDeps {
  checkEngines: CheckEngines;
  metrics: { contentType: string; read(): Promise<string> };
  /** Who may read the metrics. */
  authenticateScraper: Authenticate;
}

/** `/healthz`: the process runs. `/readyz`: the engines answer. `/metrics`: Prometheus. */
export function createHealth({ checkEngines, metrics, authenticateScraper }: HealthDeps): Router {
  const router = Router();
  router.get('/healthz', (_, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_, response) => {
    const results = Object.entries(await checkEngines());
    const ready = results.every(([, isUp]) => isUp);
    const engines = results.map(([name, isUp]) => [name, isUp ? 'ok' : 'unreachable']);
    response
      .status(ready ? 200 : 503)
      .json({ status: ready ? 'ok' : 'unavailable', engines: Object.fromEntries(engines) });
  });
  router.get('/metrics', async (request, response) => {
    requireOwner(authenticateScraper, request.headers);
    response.type(metrics.contentType).send(await metrics.read());
  });
  return router;
}

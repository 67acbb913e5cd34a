import { Router } from 'express';
import type { Outage } from '../domain/errors.js';
import type { Authenticate } from './authenticate.js';
import { requireOwner } from './authenticate.js';

/** How each engine stands, by its name. */
export type CheckEngines = () => Promise<Readonly<Record<string, 'ok' | Outage>>>;

export interface HealthDeps {
  checkEngines: CheckEngines;
  metrics: { contentType: string; read(): Promise<string> };
  /** Who may read the metrics. */
  authenticateScraper: Authenticate;
}

/** `/healthz`: the process runs. `/readyz`: the engines answer, and take what is new. `/metrics`: Prometheus. */
export function createHealth({ checkEngines, metrics, authenticateScraper }: HealthDeps): Router {
  const router = Router();
  router.get('/healthz', (_, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_, response) => {
    const engines = await checkEngines();
    const ready = Object.values(engines).every((state) => state === 'ok');
    response.status(ready ? 200 : 503).json({ status: ready ? 'ok' : 'unavailable', engines });
  });
  router.get('/metrics', async (request, response) => {
    requireOwner(authenticateScraper, request.headers);
    response.type(metrics.contentType).send(await metrics.read());
  });
  return router;
}

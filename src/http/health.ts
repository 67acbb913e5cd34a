import { Router } from 'express';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** How long an engine may take to answer before it counts as unreachable, in milliseconds. */
const CHECK_TIMEOUT_MS = 3_000;

/** Each engine by its name, with what throws while it cannot be reached. */
export type HealthChecks = Readonly<Record<string, () => Promise<void>>>;

/** `/healthz`: the process runs. `/readyz`: the engines answer. `/metrics`: Prometheus. */
export function createHealth(checks: HealthChecks): Router {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const router = Router();
  router.get('/healthz', (_, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_, response) => {
    const results = await Promise.all(
      Object.entries(checks).map(
        async ([name, check]) => [name, (await answers(check)) ? 'ok' : 'unreachable'] as const,
      ),
    );
    const ready = results.every(([, result]) => result === 'ok');
    response
      .status(ready ? 200 : 503)
      .json({ status: ready ? 'ok' : 'unavailable', engines: Object.fromEntries(results) });
  });
  router.get('/metrics', async (_, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  return router;
}

async function answers(check: () => Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('late')), CHECK_TIMEOUT_MS);
  });
  return Promise.race([check(), late])
    .then(() => true)
    .catch(() => false)
    .finally(() => clearTimeout(timer));
}

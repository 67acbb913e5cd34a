import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Service } from 'kubernetes-models/v1';
import { parseAllDocuments } from 'yaml';

const FOLDER = join(import.meta.dirname, '../../deploy/kubernetes');
const MODELS = [ConfigMap, Deployment, HorizontalPodAutoscaler, PodDisruptionBudget, ScaledObject, Service];

/** All that the folder holds, and where it stands. */
export const MANIFESTS: readonly { file: string; object: unknown }[] = readdirSync(FOLDER).flatMap((file) =>
  parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return { file, object: document.toJS() };
  }),
);

/** The one object that a guard of a model (`Deployment.is`) lets pass. */
export function manifestOf<T>(is: (object: unknown) => object is T, name: string): T {
  const found = MANIFESTS.map(({ object }) => object).filter(is);
  const named = found.find((object) => (object as { metadata?: { name?: string } }).metadata?.name === name);
  if (!named) throw new Error(`There is no ${name}.`);
  return named;
}

/**
 * Checks an object by the schema of its kind; answers the fields that the schema does not have, which Kubernetes would
 * drop without a word. The schemas let them pass, but read only what they know.
 * @throws Error where it is not valid, or of a kind that has no schema here
 */
export function checkManifest(object: unknown): string[] {
  const model = MODELS.find((each) => each.is(object));
  if (!model) throw new Error(`No schema: ${JSON.stringify(object).slice(0, 100)}`);
  const unread = new Set<string>();
  model.prototype.validate.call(watch(object, '', unread));
  return [...unread];
}

function watch(value: unknown, path: string, unread: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const parts = new Map<string | symbol, unknown>();
  for (const [name, part] of Object.entries(value)) {
    if (!Array.isArray(value)) unread.add(`${path}/${name}`);
    parts.set(name, watch(part, `${path}/${name}`, unread));
  }
  return new Proxy(value, {
    get(target, name) {
      unread.delete(`${path}/${String(name)}`);
      return parts.has(name) ? parts.get(name) : Reflect.get(target, name);
    },
  });
}

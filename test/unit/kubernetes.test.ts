import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Service } from 'kubernetes-models/v1';
import { readConfig } from '../../src/config.js';
import { groupOf, PARTITIONS, topicOf } from '../../src/messaging/kafka-topics.js';
import { checkManifest, MANIFESTS, manifestOf } from '../support/read-manifests.js';
import { readSettings } from '../support/read-settings.js';

const ROLES = ['api', 'worker'] as const;
/** What stands for the Secret. */
const SECRETS: Readonly<Record<string, string>> = {
  MONGODB_URI: 'mongodb://db/pixelpress',
  API_KEYS: 'shop:secret',
  METRICS_TOKEN: 'token',
  WEBHOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'key',
};
const GIB = 2 ** 30;
const source = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');

function podOf(role: string) {
  const deployment = manifestOf(Deployment.is, `pixelpress-${role}`);
  const pod = deployment.spec?.template.spec;
  const container = pod?.containers[0];
  if (!pod || !container) throw new Error('There is no pod.');
  return { pod, container, labels: deployment.spec?.template.metadata?.labels };
}

/** The environment as Kubernetes makes it for a role. */
function environmentOf(role: string): Record<string, string> {
  const { env = [] } = podOf(role).container;
  const own = env.map(({ name, value, valueFrom }) => [name, value ?? SECRETS[valueFrom?.secretKeyRef?.key ?? '']]);
  // As the Dockerfile sets them.
  const image = { HOST: '0.0.0.0', PORT: '4000', DATA_DIR: '/data' };
  return { ...image, ...manifestOf(ConfigMap.is, 'pixelpress').data, ...Object.fromEntries(own) };
}

describe('the manifests for Kubernetes', () => {
  it.each(MANIFESTS.map(({ file, object }, index) => [`${file} (${index})`, object]))(
    'are what the schemas of their kinds allow: %s',
    (_, object) => {
      expect(checkManifest(object)).toEqual([]);
    },
  );

  it('are refused with a field of another type, and told of one that there is not', () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' } };
    expect(() => checkManifest({ ...service, spec: { ports: [{ port: 'http' }] } })).toThrow(/port/);
    expect(checkManifest({ ...service, spec: { selektor: {} } })).toEqual(['/spec/selektor']);
  });

  it.each(ROLES)('set nothing but what the service reads, and what a start of the %s needs', (role) => {
    const environment = environmentOf(role);
    const { config, unread } = readSettings(environment);
    expect(config).toMatchObject({ role, s3: { credentials: {} } });
    expect(unread).toEqual([]);
  });

  it('take secrets from the Secret, whose making docs/scaling.md shows', () => {
    const [, command = ''] = /(kubectl create secret[^`]+)/.exec(source('docs/scaling.md')) ?? [];
    const made = [...command.matchAll(/--from-literal=(\w+)=/g)].map(([, name]) => name);
    expect(made.sort()).toEqual(Object.keys(SECRETS).sort());
    const used = ROLES.flatMap((role) => (podOf(role).container.env ?? []).filter(({ name }) => name in SECRETS));
    for (const { valueFrom, name } of used) expect(valueFrom?.secretKeyRef).toEqual({ name: 'pixelpress', key: name });
    expect(new Set(used.map(({ name }) => name))).toEqual(new Set(Object.keys(SECRETS)));
  });

  it.each(ROLES)('give the %s the time that its stop may take', (role) => {
    const stopMs = Number(/STOP_MS = ([\d_]+)/.exec(source('src/run-process.ts'))?.[1]?.replaceAll('_', ''));
    const { pod, container } = podOf(role);
    const waitSeconds = Number(container.lifecycle?.preStop?.exec?.command?.[1] ?? 0);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(waitSeconds + stopMs / 1_000);
  });

  it.each(ROLES)('start the %s without a right more than it needs', (role) => {
    const { pod, container } = podOf(role);
    expect(pod).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.startupProbe?.httpGet?.path).toBe('/healthz');
    expect(container.livenessProbe?.httpGet?.path).toBe('/healthz');
  });

  it('give the worker the memory that docs/operations.md says it may take, and docs/scaling.md what that comes to', () => {
    const { limits } = podOf('worker').container.resources ?? {};
    const [cores, gib] = [Number(limits?.['cpu']), Number(/^(\d+)Gi$/.exec(String(limits?.['memory']))?.[1])];
    const { IMAGE_MEMORY_BYTES: set = Math.min(cores, gib / 2) * GIB } = environmentOf('worker');
    const { limits: of } = readConfig(environmentOf('worker'));
    const [, mostBytes] = /MOST_BYTES = (\d+)/.exec(source('src/images/memory-needed.ts')) ?? [];
    const [, idle] = /idle +\| (\d+) MiB/.exec(source('docs/operations.md')) ?? [];
    const parts = [
      Number(set) / 2 / GIB,
      (of.maxImagePixels * Number(mostBytes)) / GIB,
      (2 * (Number(set) / 8 + 2 * of.maxImageBytes)) / GIB,
      Number(idle) / 1024,
    ];
    const most = parts.reduce((sum, part) => sum + part, 0);
    expect(gib).toBeGreaterThan(most);
    const shown = parts.map((part) => part.toFixed(1)).join(' + ');
    expect(source('docs/scaling.md')).toContain(`at most ${shown} = ${most.toFixed(1)} GiB, so its limit is ${gib}:`);
  });

  it('belong together: labels, names, places and partitions', () => {
    for (const role of ROLES) {
      const { labels } = podOf(role);
      expect(manifestOf(Deployment.is, `pixelpress-${role}`).spec?.selector.matchLabels).toEqual(labels);
      expect(manifestOf(PodDisruptionBudget.is, `pixelpress-${role}`).spec?.selector?.matchLabels).toEqual(labels);
    }
    expect(manifestOf(Service.is, 'pixelpress-api').spec?.selector).toEqual(podOf('api').labels);
    const { scaleTargetRef } = manifestOf(HorizontalPodAutoscaler.is, 'pixelpress-api').spec ?? {};
    expect(scaleTargetRef?.name).toBe('pixelpress-api');
    const scaled = manifestOf(ScaledObject.is, 'pixelpress-worker').spec;
    const { kafka, workerConcurrency } = readConfig(environmentOf('worker'));
    if (!kafka) throw new Error('There is no Kafka.');
    expect(scaled?.scaleTargetRef.name).toBe('pixelpress-worker');
    expect(scaled?.maxReplicaCount).toBe(PARTITIONS.images);
    expect(scaled?.triggers[0]?.metadata).toMatchObject({
      bootstrapServers: kafka.brokers.join(','),
      consumerGroup: groupOf(kafka, 'images'),
      topic: topicOf(kafka, 'images'),
      lagThreshold: String(workerConcurrency),
    });
  });
});

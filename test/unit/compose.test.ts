import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readSettings } from '../support/read-settings.js';

interface ComposeService {
  build?: string;
  image: string;
  environment?: Record<string, string | number>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: object;
  ports?: string[];
  volumes?: string[];
}

const root = join(import.meta.dirname, '../..');
const file = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true });
const services = file.services as Record<string, ComposeService>;
/** As Compose fills them in where nobody has set them. */
const filledIn = (value: string | number) => String(value).replace(/\$\{\w+:-([^}]*)\}/g, '$1');

/** What can be asked of docker-compose.yml where there is no Docker: not whether its images start. */
describe('docker-compose.yml, read and not run', () => {
  it.each(['api', 'worker'])('sets nothing but what the service reads, and what a start of the %s needs', (role) => {
    const own = Object.entries(services[role]?.environment ?? {}).map(([name, value]) => [name, filledIn(value)]);
    // As the Dockerfile sets them.
    const environment = { HOST: '0.0.0.0', PORT: '4000', DATA_DIR: '/data', ...Object.fromEntries(own) };
    const { config, unread } = readSettings(environment);
    expect(config).toMatchObject({ role, s3: {}, kafka: {}, mongodbUri: expect.stringContaining('mongodb://mongo') });
    expect(unread).toEqual([]);
  });

  it('waits for the health of engines that it has, by the names under which they are reached', () => {
    const waitedFor = Object.values(services).flatMap((service) => Object.entries(service.depends_on ?? {}));
    expect(waitedFor.length).toBeGreaterThan(0);
    for (const [name, { condition }] of waitedFor) {
      expect(condition).toBe('service_healthy');
      expect(services[name]?.healthcheck).toBeDefined();
    }
    const hosts = Object.values(services['api']?.environment ?? {}).flatMap(
      (value) => /^(?:\w+:\/\/)?(\w+):\d+(?:\/|$)/.exec(String(value))?.[1] ?? [],
    );
    expect(hosts.filter((host) => host !== 'localhost').sort()).toEqual(['kafka', 'mongo', 's3']);
  });

  it('builds from a Dockerfile that is there, names versions, keeps data in its volumes, and opens no port to others', () => {
    for (const { build, image, ports = [], volumes = [] } of Object.values(services)) {
      if (build) expect(existsSync(join(root, build, 'Dockerfile'))).toBe(true);
      else expect(image).toMatch(/:v?\d+\.\d+/);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
      for (const volume of volumes) expect(file.volumes).toHaveProperty(volume.replace(/:.*/, ''));
    }
  });
});

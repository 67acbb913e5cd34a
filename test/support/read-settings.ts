import { type Config, readConfig } from '../../src/config.js';

/** What the service makes of an environment, and the names in it that it does not ask for. */
export function readSettings(environment: Record<string, string>): { config: Config; unread: string[] } {
  const read = new Set<string | symbol>();
  const config = readConfig(
    new Proxy(environment, {
      get(target, name) {
        read.add(name);
        return Reflect.get(target, name);
      },
    }),
  );
  return { config, unread: Object.keys(environment).filter((name) => !read.has(name)) };
}

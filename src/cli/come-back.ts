import type { OptionValues } from './options.js';

/** What a person is told who leaves a request that goes on at the service. */
export function comeBack({ server }: Pick<OptionValues, 'server'>): (id: string) => string {
  const where = server ? ` --server ${server}` : '';
  return (id) => `The request goes on at the service. Come back with:\n  pixelpress watch ${id}${where}`;
}

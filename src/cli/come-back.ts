import type { OptionValues } from './options.js';

/** What is typed to see how a request goes. */
export function watchLine(id: string, { server }: Pick<OptionValues, 'server'>): string {
  return `pixelpress watch ${id}${server ? ` --server ${server}` : ''}`;
}

/** What a person is told who leaves a request that goes on at the service. */
export function comeBack(values: Pick<OptionValues, 'server'>): (id: string) => string {
  return (id) => `The request goes on at the service. Come back with:\n  ${watchLine(id, values)}`;
}

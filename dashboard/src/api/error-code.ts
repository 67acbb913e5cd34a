import type { CombinedError } from 'urql';

/** The code of the service's error table; null where the service was not reached, or did not say one. */
export function errorCode(error: CombinedError): string | null {
  const code = error.graphQLErrors[0]?.extensions['code'];
  return typeof code === 'string' ? code : null;
}

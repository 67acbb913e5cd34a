import type { CombinedError } from 'urql';

/** What went wrong, in a sentence for a person: the service's own where there is one. */
export function errorSentence(error: CombinedError): string {
  const [told] = error.graphQLErrors;
  if (told) return told.message;
  const status = (error.response as Response | undefined)?.status;
  return status ? `The service could not answer (HTTP ${status}).` : 'The service cannot be reached.';
}

import type { CsvFile } from './csv-file.js';
import type { TypedDocumentString } from './generated/documents.js';
import { type Body, multipartBody } from './multipart-body.js';
import { PixelpressError } from './pixelpress-error.js';
import { type GraphQLErrorBody, readError } from './read-error.js';

/** Says that no form of another site has sent this. */
const FROM_NO_FORM = { 'apollo-require-preflight': 'true' };

/** Where the service is, and who asks. */
export interface Access {
  /** Without a slash at its end. */
  url: string;
  apiKey: string | null;
}

export interface SendOptions {
  /** Sent as the variable `file`. */
  file?: CsvFile;
  signal?: AbortSignal | undefined;
}

/**
 * Sends an operation over HTTP and answers its data.
 * @throws PixelpressError, what `signal` was aborted with, or what the stream of `file` failed with
 */
export type SendOperation = <T, V extends object>(
  document: TypedDocumentString<T, V>,
  variables: V,
  options?: SendOptions,
) => Promise<T>;

export function createSendOperation({ url, apiKey }: Access): SendOperation {
  return async <T, V extends object>(
    document: TypedDocumentString<T, V>,
    variables: V,
    { file, signal }: SendOptions = {},
  ) => {
    const query = document.toString();
    const { headers, source, ...body } = file ? multipartBody(query, variables, file) : jsonBody(query, variables);
    const lost = (message: string) => (cause: unknown) => {
      signal?.throwIfAborted();
      if (source?.failure) throw source.failure.error;
      throw new PixelpressError('UNREACHABLE', message, { cause });
    };
    const asked = {
      method: 'POST',
      ...body,
      ...(signal && { signal }),
      headers: { ...FROM_NO_FORM, ...headers, ...authorization(apiKey) },
    };
    try {
      const response = await fetch(`${url}/graphql`, asked).catch(lost(`There is no service at ${url}.`));
      const text = await response.text().catch(lost(`The connection to ${url} was lost before its answer was whole.`));
      const answer = readAnswer<T>(text);
      const error = answer?.errors?.[0];
      if (error) throw readError(error);
      if (!answer?.data) throw strange(response);
      return answer.data;
    } finally {
      // An upload that was broken off or refused waits for no more of its stream.
      source?.leave();
    }
  };
}

/** The header that shows the key, where there is one. */
export function authorization(apiKey: string | null): Record<string, string> {
  return apiKey === null ? {} : { authorization: `Bearer ${apiKey}` };
}

function jsonBody(query: string, variables: object): Body {
  return { body: JSON.stringify({ query, variables }), headers: { 'content-type': 'application/json' } };
}

interface Answer<T> {
  data?: T | null;
  errors?: GraphQLErrorBody[];
}

function readAnswer<T>(text: string): Answer<T> | null {
  try {
    return JSON.parse(text) as Answer<T> | null;
  } catch {
    return null;
  }
}

/** Not what a service of ours says: a proxy before it, or another server. */
function strange({ status, url }: Response): PixelpressError {
  const code = status >= 502 && status <= 504 ? 'UNAVAILABLE' : 'INTERNAL';
  return new PixelpressError(code, `${url} did not answer as Pixelpress does (HTTP ${status}).`);
}

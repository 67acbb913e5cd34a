import type { IncomingMessage, ServerResponse } from 'node:http';
import busboy from 'busboy';
import { AppError } from '../domain/errors.js';
import { UploadedFile } from './uploaded-file.js';

/** Names between `variables` and the file: `variables.input.0.file` has three. */
const MAX_PATH_PARTS = 5;
const SPEC = 'https://github.com/jaydenseric/graphql-multipart-request-spec';

export interface MultipartLimits {
  /** Bytes of `operations`, and of `map`. */
  maxFieldBytes: number;
  /** Bytes of the file; what is beyond is not read. */
  maxFileBytes: number;
}

/**
 * A multipart request (https://github.com/jaydenseric/graphql-multipart-request-spec) up to its file: the operation,
 * with the file in its variables. One operation, one file, one place for it; the rest of the form is not looked at.
 * @throws AppError BAD_USER_INPUT
 */
export function readMultipart(
  request: IncomingMessage,
  response: ServerResponse,
  limits: MultipartLimits,
): Promise<object> {
  return new Promise((resolve, reject) => {
    const form = openForm(request, limits);
    let operation: Record<string, unknown> | null = null;
    let place: Place | null = null;
    const fail = (message: string) => {
      reject(new AppError('BAD_USER_INPUT', `${message} (${SPEC})`));
      request.unpipe(form);
      form.destroy();
      request.resume();
    };
    form.on('field', (name, text, { valueTruncated, nameTruncated }) => {
      if (valueTruncated || nameTruncated) return fail('A field of the form is too long.');
      const value = parseObject(text);
      if (!value) return fail('“operations” and “map” are objects in JSON, each once.');
      if (name === 'operations' && !operation) {
        operation = value;
      } else if (name === 'map' && operation && !place) {
        place = placeOf(value, operation);
        if (!place) fail('“map” names one file and one variable, which is null till then.');
      } else {
        fail('The form holds “operations”, then “map”, then the file.');
      }
    });
    form.on('file', (name, stream, { filename }) => {
      // An error of a file that nobody reads is nobody's.
      stream.on('error', () => undefined);
      if (!operation || place?.file !== name) {
        stream.resume();
        return fail('The file stands after “map”, under the name that is given there.');
      }
      place.put(new UploadedFile(filename ?? 'upload.csv', stream));
      // Unread, it would keep the form, and with it the connection, waiting for ever.
      response.once('close', () => stream.resume());
      resolve(operation);
    });
    form.on('error', () => fail('The form is broken off or cannot be read.'));
    form.on('close', () => {
      if (operation && place && place.file === null) resolve(operation);
      else fail('The form is not whole.');
    });
    request.on('close', () => {
      if (!request.complete) form.destroy(new Error('the client broke off'));
    });
    request.pipe(form);
  });
}

function openForm(request: IncomingMessage, { maxFieldBytes, maxFileBytes }: MultipartLimits): busboy.Busboy {
  const limits = { fields: 2, files: 1, parts: 3, fieldSize: maxFieldBytes, fileSize: maxFileBytes };
  try {
    return busboy({ headers: request.headers, limits, defParamCharset: 'utf8' });
  } catch {
    throw new AppError('BAD_USER_INPUT', 'The form has no boundary.');
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Place {
  /** The name of the part that holds the file; null where none is announced. */
  file: string | null;
  put(file: UploadedFile): void;
}

/** Where the file belongs by `map`; null for a map of any other form than ours. */
function placeOf(map: Record<string, unknown>, operation: Record<string, unknown>): Place | null {
  const [entry, ...others] = Object.entries(map);
  if (!entry) return { file: null, put: () => undefined };
  const [file, paths] = entry;
  if (others.length > 0 || !Array.isArray(paths) || paths.length !== 1 || typeof paths[0] !== 'string') return null;
  const [root, ...names] = paths[0].split('.');
  const last = names.pop();
  if (root !== 'variables' || last === undefined || names.length > MAX_PATH_PARTS) return null;
  let holder = operation['variables'];
  for (const name of names) holder = ownValue(holder, name);
  if (ownValue(holder, last) !== null) return null;
  return { file, put: (given) => Object.assign(holder as object, { [last]: given }) };
}

/** Undefined for anything but an own property: a path never reaches a prototype. */
function ownValue(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) return undefined;
  return (holder as Record<string, unknown>)[name];
}

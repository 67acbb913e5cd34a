import type { IncomingMessage, ServerResponse } from 'node:http';
import type busboy from 'busboy';
import { processRequest } from 'graphql-upload-minimal';
import { AppError } from '../domain/errors.js';
import { FormHead } from './form-head.js';

const SPEC = 'https://github.com/jaydenseric/graphql-multipart-request-spec';

export interface UploadLimits {
  /** Bytes of `operations`, and of `map`. */
  maxFieldBytes: number;
  /** Bytes of the file; what is beyond is not read. */
  maxFileBytes: number;
}

/**
 * A multipart request (https://github.com/jaydenseric/graphql-multipart-request-spec) up to its file: the operation,
 * with the file in its variables. graphql-upload-minimal reads it; what it does not check itself is checked on the way.
 * @throws AppError BAD_USER_INPUT
 */
export async function processUpload(
  request: IncomingMessage,
  response: ServerResponse,
  { maxFieldBytes, maxFileBytes }: UploadLimits,
): Promise<object> {
  // The library knows its type in small letters alone; the boundary behind it is told as it came.
  const type = request.headers['content-type'] ?? '';
  request.headers['content-type'] = type.replace(/^multipart\/form-data/i, 'multipart/form-data');
  const checked = checkOnTheWay(request, response);
  const options = { maxFieldSize: maxFieldBytes, maxFileSize: maxFileBytes, maxFiles: 1 };
  try {
    const [operation] = await Promise.all([processRequest(request, response, options), checked]);
    return operation;
  } catch (error) {
    throw error instanceof AppError ? error : refusal('The form is broken off or cannot be read.');
  }
}

/**
 * Resolves when the file begins, or when a form that needs none is whole. The library sets the file into the operation
 * as soon as it meets `map`, and afterwards is too late to check where: so the form is caught where it gets its bytes.
 */
function checkOnTheWay(request: IncomingMessage, response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const pipe = request.pipe.bind(request);
    request.pipe = (form, options) => {
      checkForm(form as unknown as busboy.Busboy, response).then(resolve, reject);
      return pipe(form, options);
    };
  });
}

function checkForm(form: busboy.Busboy, response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const head = new FormHead();
    let begun = false;
    // The library takes an error of the form for its own, and hands it on.
    const refuse = (message: string) => form.destroy(refusal(message));
    const passField = takeOver(form, 'field');
    form.on('field', (name, text, info) => {
      if (form.destroyed) return;
      const wrong = info.valueTruncated ? 'A field of the form is too long.' : head.take(name, text);
      if (wrong === null) passField(name, text, info);
      else refuse(wrong);
    });
    form.on('fieldsLimit', () => {
      if (!begun) refuse('The form holds “operations”, then “map”, then the file.');
    });
    const passFile = takeOver(form, 'file');
    form.on('file', (name, stream, info) => {
      // An error of a file that nobody reads is nobody's.
      stream.on('error', () => undefined);
      if (form.destroyed || !head.announces(name)) {
        stream.resume();
        refuse('The file stands after “map”, under the name that is given there.');
        return;
      }
      passFile(name, stream, info);
      // The library would refuse to give out a file that is known to be too large; intake says so in its own words.
      stream.removeAllListeners('limit');
      // Unread, it would keep the form, and with it the connection, waiting for ever.
      response.once('close', () => stream.resume());
      begun = true;
      resolve();
    });
    // More files are not looked at. The library would break off the one that is being read.
    form.removeAllListeners('filesLimit');
    // Not `once`, as in the library: where a part's header is malformed two come, and one unheard ends the process.
    form.on('error', reject);
    form.on('close', () => {
      if (head.needsNoFile) resolve();
      else reject(refusal('The form is not whole.'));
    });
  });
}

/** Takes an event from those who listen for it now; what comes back hands it to them. */
function takeOver(form: busboy.Busboy, event: 'field' | 'file'): (...details: unknown[]) => void {
  const listeners = form.listeners(event);
  form.removeAllListeners(event);
  return (...details) => {
    for (const listener of listeners) listener.apply(form, details);
  };
}

function refusal(message: string): AppError {
  return new AppError('BAD_USER_INPUT', `${message} (${SPEC})`);
}

import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import busboy from 'busboy';
import { AppError, badInput } from '../domain/errors.js';
import { readBoolean, readOptionTexts } from '../domain/option-texts.js';
import type { OptionsInput } from '../domain/parse-options.js';
import { isForm } from './is-form.js';

const FILE_FIELDS = ['file', 'csvFile', 'csv'];
/** Field names of older clients, and what they are called now. */
const ALIASES: Readonly<Record<string, string>> = { webhook_url: 'webhookUrl', callbackUrl: 'webhookUrl' };
const LIMITS = { fields: 20, fieldSize: 4_096, fieldNameSize: 100, files: 2, parts: 25 };

/** What the fields of a form say. */
export interface FormOptions extends OptionsInput {
  expiresAt: string | null;
}

export interface UploadForm {
  file: { fileName: string; stream: Readable };
  /** The other fields, known when the whole form has been read. */
  options: Promise<FormOptions>;
}

/** Reads a multipart form up to its file. @throws AppError UNSUPPORTED_MEDIA_TYPE, BAD_USER_INPUT */
export function readUploadForm(request: IncomingMessage): Promise<UploadForm> {
  return new Promise((resolve, reject) => {
    const form = openForm(request);
    const fields: Record<string, string> = {};
    let found = false;
    let failure: AppError | null = null;
    let settle: { resolve: (options: FormOptions) => void; reject: (error: Error) => void };
    const options = new Promise<FormOptions>((done, failed) => {
      settle = { resolve: done, reject: failed };
    });
    // Met where it is awaited; a file that is refused before is not awaited.
    options.catch(() => undefined);
    const fail = (error: AppError) => {
      failure ??= error;
      reject(failure);
      settle.reject(failure);
    };

    form.on('field', (name, value, info) => {
      const known = ALIASES[name] ?? name;
      if (info.valueTruncated) fail(badInput(known, `${known} is longer than ${LIMITS.fieldSize} characters.`));
      fields[known] = value;
    });
    form.on('file', (name, stream, info) => {
      // Of one that is refused nobody else hears: unheard, its end would end the process.
      stream.on('error', () => undefined);
      if (failure) {
        // Unread, it would keep the form, and with it the connection, waiting.
        stream.resume();
      } else if (!FILE_FIELDS.includes(name)) {
        stream.resume();
        fail(badInput(name, `The file is sent as “file”, not as “${name}”.`));
      } else if (found) {
        stream.resume();
        fail(badInput(name, 'One file is taken at a time.'));
      } else {
        found = true;
        resolve({ file: { fileName: info.filename ?? 'upload.csv', stream }, options });
      }
    });
    // What stands behind is not read: without a word, an option in it would be lost.
    const overfull = () => fail(new AppError('BAD_USER_INPUT', `The form has more than ${LIMITS.fields} fields.`));
    form.on('fieldsLimit', overfull);
    form.on('partsLimit', overfull);
    form.on('error', () => fail(new AppError('BAD_USER_INPUT', 'The form is broken off or cannot be read.')));
    form.on('close', () => {
      if (!found) return fail(badInput('file', 'There is no file in the form: send a CSV as “file”.'));
      try {
        settle.resolve(toOptions(fields));
      } catch (error) {
        fail(error as AppError);
      }
    });
    request.on('aborted', () => form.destroy(new Error('the client broke off')));
    request.pipe(form);
  });
}

function openForm(request: IncomingMessage): busboy.Busboy {
  try {
    // busboy reads other forms too, which hold no files.
    if (!isForm(request.headers)) throw new TypeError('not multipart');
    return busboy({ headers: request.headers, limits: LIMITS, defParamCharset: 'utf8' });
  } catch {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send the CSV as multipart/form-data, in the field “file”.');
  }
}

/** Texts of a form as the options that they stand for. @throws AppError BAD_USER_INPUT */
function toOptions(fields: Readonly<Record<string, string>>): FormOptions {
  const { invalidRows, webhookUrl, expiresAt } = fields;
  const boolean = (name: string) => (fields[name] ? readBoolean(name, fields[name]) : false);
  return {
    ...readOptionTexts(fields),
    invalidRows: invalidRows?.toUpperCase() || null,
    webhookUrl: webhookUrl || null,
    measureSimilarity: boolean('measureSimilarity'),
    replaceUrls: boolean('replaceUrls'),
    expiresAt: expiresAt || null,
  };
}

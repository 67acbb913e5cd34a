import { StringDecoder } from 'node:string_decoder';
import { Parser } from 'htmlparser2';
import { MAX_FIELD_CHARS } from '../../domain/limits.js';
import { xlsxError } from './xlsx-error.js';

/** Bytes without a whole tag or text in them: a comment or a tag that never ends would be kept till its end. */
const MAX_OPEN_BYTES = 4 * MAX_FIELD_CHARS;
/** A worksheet is some six deep. */
const MAX_DEPTH = 64;
/** Bytes that are parsed at once: what is found in them stands in memory together. */
const SLICE_BYTES = 4_096;

export interface XmlHandlers {
  /** Names come without their prefix. */
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/**
 * Reads XML as a stream, in bounded memory; yields after each slice, when its handlers have heard what is in it.
 * Entities are the five of XML and numbers; a document type's own are never expanded. @throws CsvFileError NOT_CSV
 */
export async function* readXml(source: AsyncIterable<Buffer>, handlers: XmlHandlers): AsyncGenerator<void> {
  const utf8 = new StringDecoder('utf8');
  let depth = 0;
  let open = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        open = 0;
        if (++depth > MAX_DEPTH) throw unreadable();
        handlers.open(localName(name), attributes);
      },
      ontext(text) {
        open = 0;
        handlers.text?.(text);
      },
      onclosetag(name) {
        open = 0;
        depth--;
        handlers.close?.(localName(name));
      },
    },
    { xmlMode: true },
  );
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
      const slice = chunk.subarray(at, at + SLICE_BYTES);
      open += slice.length;
      parser.write(utf8.write(slice));
      if (open > MAX_OPEN_BYTES) throw unreadable();
      yield;
    }
  }
  parser.end(utf8.end());
  yield;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function unreadable() {
  return xlsxError('NOT_CSV', 'The Excel file cannot be read: its XML is not that of a worksheet.');
}

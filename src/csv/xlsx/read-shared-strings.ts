import { createCapturedText } from './captured-text.js';
import { createTextTable, type TextTable } from './text-table.js';
import { readXml } from './xml-reader.js';

/** The texts that the cells of a workbook name by their number. @param maxBytes of all of them together */
export async function readSharedStrings(source: AsyncIterable<Buffer>, maxBytes: number): Promise<TextTable> {
  const table = createTextTable(maxBytes);
  const text = createCapturedText();
  let isText = false;
  let isReading = false;
  const reading = readXml(source, {
    open(name) {
      if (name === 't') isText = true;
      // How a text is spoken (Japanese) is no part of it.
      else if (name === 'rPh') isReading = true;
    },
    text(piece) {
      if (isText && !isReading) text.add(piece);
    },
    close(name) {
      if (name === 't') isText = false;
      else if (name === 'rPh') isReading = false;
      else if (name === 'si') table.add(text.take());
    },
  });
  for await (const _ of reading);
  return table;
}

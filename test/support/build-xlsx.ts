import { buildZip } from './build-zip.js';

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A cell as its XML, or a text that is put among the shared ones. */
export type XlsxCell = string | { xml: (reference: string) => string };

export interface XlsxParts {
  rows: readonly (readonly XlsxCell[])[];
  /** In place of the worksheet that the rows make. */
  sheet?: string | Buffer;
  /** In place of the shared texts that the rows make. */
  sharedStrings?: string | Buffer;
  styles?: string;
  /** Further sheets by name, and whether they are shown. */
  otherSheets?: readonly { name: string; isHidden?: boolean }[];
}

/** An .xlsx with its parts in Excel's order: the texts after the sheet that names them. */
export function buildXlsx(parts: XlsxParts): Buffer {
  const { rows, otherSheets = [], styles = `${HEAD}<styleSheet xmlns="${MAIN}"/>` } = parts;
  const texts: string[] = [];
  const sheet = parts.sheet ?? sheetXml(rows, texts);
  const shared = texts.map((text) => `<si><t xml:space="preserve">${escapeXml(text)}</t></si>`).join('');
  const others = otherSheets.map(({ name, isHidden }, index) => {
    return `<sheet name="${name}"${isHidden ? ' state="hidden"' : ''} sheetId="${index + 2}" r:id="rId9${index}"/>`;
  });
  return buildZip({
    '[Content_Types].xml': `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    'xl/workbook.xml': `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="Products" sheetId="1" r:id="rId1"/>${others.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': sheet,
    'xl/styles.xml': styles,
    'xl/sharedStrings.xml': parts.sharedStrings ?? `${HEAD}<sst xmlns="${MAIN}">${shared}</sst>`,
  });
}

function sheetXml(rows: XlsxParts['rows'], texts: string[]): string {
  const lines = rows.map((cells, row) => {
    const written = cells.map((cell, column) => {
      const reference = `${columnName(column)}${row + 1}`;
      if (typeof cell !== 'string') return cell.xml(reference);
      // As Excel does it: an empty cell is not written.
      return cell === '' ? '' : `<c r="${reference}" t="s"><v>${texts.push(cell) - 1}</v></c>`;
    });
    return `<row r="${row + 1}">${written.join('')}</row>`;
  });
  return `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>${lines.join('')}</sheetData></worksheet>`;
}

function columnName(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : columnName(Math.floor(column / 26) - 1) + last;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

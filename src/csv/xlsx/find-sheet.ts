import type { Zip } from './open-zip.js';
import { xlsxError } from './xlsx-error.js';
import { readXml } from './xml-reader.js';

const WORKBOOK = 'xl/workbook.xml';
const RELATIONS = 'xl/_rels/workbook.xml.rels';

export interface FoundSheet {
  name: string;
  /** Paths of parts of the workbook. */
  sheet: string;
  sharedStrings: string;
  styles: string;
  /** Sheets that are shown beside this one. */
  others: number;
  /** Whether days are counted from 1904 on, as old Excel for the Mac did. */
  isFrom1904: boolean;
}

export function isWorkbook(zip: Zip): boolean {
  return zip.has(WORKBOOK);
}

/** The first sheet that is shown, and the parts that its cells refer to. @throws CsvFileError EMPTY_FILE */
export async function findSheet(zip: Zip): Promise<FoundSheet> {
  const sheets: { name: string; relation: string; isShown: boolean }[] = [];
  let isFrom1904 = false;
  const workbook = readXml(zip.read(WORKBOOK), {
    open(tag, attributes) {
      if (tag === 'workbookPr') isFrom1904 = ['1', 'true'].includes(attributes['date1904'] ?? '');
      if (tag !== 'sheet') return;
      const relation = Object.entries(attributes).find(([name]) => name.endsWith(':id'))?.[1] ?? '';
      sheets.push({
        name: attributes['name'] ?? '',
        relation,
        isShown: (attributes['state'] ?? 'visible') === 'visible',
      });
    },
  });
  for await (const _ of workbook);
  const relations = await readRelations(zip);
  const shown = sheets.filter(({ isShown }) => isShown);
  const first = shown[0] ?? sheets[0];
  const sheet = first && relations.byId.get(first.relation);
  if (!first || !sheet || !zip.has(sheet)) throw xlsxError('EMPTY_FILE', 'There is no worksheet in the Excel file.');
  return {
    name: first.name,
    sheet,
    sharedStrings: relations.byType.get('sharedStrings') ?? 'xl/sharedStrings.xml',
    styles: relations.byType.get('styles') ?? 'xl/styles.xml',
    others: Math.max(0, shown.length - 1),
    isFrom1904,
  };
}

async function readRelations(zip: Zip) {
  const byId = new Map<string, string>();
  const byType = new Map<string, string>();
  const reading = readXml(zip.read(RELATIONS), {
    open(tag, { Id = '', Type = '', Target = '' }) {
      if (tag !== 'Relationship') return;
      // Relative to the folder of the workbook, or from the root of the ZIP.
      const path = Target.startsWith('/') ? Target.slice(1) : `xl/${Target.replace(/^\.\//, '')}`;
      byId.set(Id, path);
      byType.set(Type.slice(Type.lastIndexOf('/') + 1), path);
    },
  });
  for await (const _ of reading);
  return { byId, byType };
}

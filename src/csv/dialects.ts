import { CsvDialect } from '../domain/csv-dialect.js';

/** The headers that name a column, by their letters and digits, in lower case. */
export interface Column {
  /** What an error calls it. */
  title: string;
  names: readonly string[];
}

/** Where a dialect keeps what we need. */
export interface DialectColumns {
  /** Tells products apart. */
  serialNumber: Column;
  productName: Column;
  imageUrls: Column;
  /** Stands in where the serial number is empty. */
  fallbackSerialNumber?: Column;
  /** The place of a row's image among those of its product. */
  imagePosition?: Column;
}

export const DIALECT_COLUMNS: Readonly<Record<CsvDialect, DialectColumns>> = {
  PLAIN: {
    serialNumber: {
      title: 'Serial Number',
      names: ['sno', 'serialnumber', 'serialno', 'srno', 'serial', 'no'],
    },
    productName: { title: 'Product Name', names: ['productname', 'name', 'product'] },
    imageUrls: {
      title: 'Input Image Urls',
      names: [
        'inputimageurls',
        'inputimageurl',
        'inputimageurlsurls',
        'imageurls',
        'imageurl',
        'images',
        'image',
        'imagesrc',
      ],
    },
  },
  // The second name of each is that of Shopify's template since 2025.
  SHOPIFY: {
    serialNumber: { title: 'Handle', names: ['handle', 'urlhandle'] },
    productName: { title: 'Title', names: ['title'] },
    imageUrls: { title: 'Image Src', names: ['imagesrc', 'productimageurl'] },
    imagePosition: { title: 'Image Position', names: ['imageposition'] },
  },
  WOOCOMMERCE: {
    serialNumber: { title: 'SKU', names: ['sku'] },
    productName: { title: 'Name', names: ['name'] },
    imageUrls: { title: 'Images', names: ['images'] },
    fallbackSerialNumber: { title: 'ID', names: ['id'] },
  },
};

/** The columns by which each dialect is known. A file with all of PLAIN's is PLAIN, whatever else it holds. */
const KNOWN_BY = {
  PLAIN: ['serialNumber', 'productName', 'imageUrls'],
  SHOPIFY: ['serialNumber', 'imageUrls'],
  WOOCOMMERCE: ['serialNumber', 'productName', 'imageUrls'],
} as const satisfies Record<CsvDialect, readonly (keyof DialectColumns)[]>;

/** @param names the headers as `plainHeader` gives them. PLAIN where none fits: its errors say what is missing. */
export function detectDialect(names: readonly string[]): CsvDialect {
  const fits = (dialect: CsvDialect) =>
    KNOWN_BY[dialect].every((key) => DIALECT_COLUMNS[dialect][key].names.some((name) => names.includes(name)));
  return Object.values(CsvDialect).find(fits) ?? CsvDialect.PLAIN;
}

/** Of a header, what it is known by: its letters and digits, in lower case. */
export function plainHeader(cell: string): string {
  return cell.trim() === '#' ? 'no' : cell.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

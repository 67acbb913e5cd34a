import type { CsvDialect } from '../generated/graphql.js';

/** What a file is called by its columns; nothing where they are the plain ones. */
export const DIALECT_NAMES: Readonly<Record<CsvDialect, string | null>> = {
  PLAIN: null,
  SHOPIFY: 'Shopify export',
  WOOCOMMERCE: 'WooCommerce export',
};

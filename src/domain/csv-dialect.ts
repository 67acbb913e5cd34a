/** Whose columns a file has: known by its header alone (`csv/dialects.ts`), so that every pass over it agrees. */
export const CsvDialect = { PLAIN: 'PLAIN', SHOPIFY: 'SHOPIFY', WOOCOMMERCE: 'WOOCOMMERCE' } as const;
export type CsvDialect = (typeof CsvDialect)[keyof typeof CsvDialect];

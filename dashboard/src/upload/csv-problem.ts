import type { CheckCsvMutation } from '../generated/graphql.js';

/** A thing wrong with a CSV, as the service tells it. */
export type CsvProblem = CheckCsvMutation['checkCsv']['userErrors'][number];

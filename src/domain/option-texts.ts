import { badInput } from './errors.js';
import type { CompressOptions, RowOptions } from './options.js';
import { type OptionsInput, parseOptions } from './parse-options.js';

type Name = keyof RowOptions;

/** How each option that a row may have is read from a text: a field of a form, or a cell. */
const READERS: Readonly<{ [N in Name]: (text: string) => OptionsInput[N] }> = {
  format: (text) => text.toUpperCase(),
  quality: Number,
  maxDimension: Number,
  keepMetadata: (text) => readBoolean('keepMetadata', text),
  // As spreadsheets of half of Europe write it.
  minSimilarity: (text) => Number(text.replace(',', '.')),
};

export const ROW_OPTIONS = Object.keys(READERS) as Name[];

/** Options from the texts of a form; what is empty or missing is left out. @throws AppError BAD_USER_INPUT */
export function readOptionTexts(texts: Readonly<Record<string, string>>): OptionsInput {
  const found = ROW_OPTIONS.flatMap((name) => (texts[name] ? [[name, READERS[name](texts[name])]] : []));
  return Object.fromEntries(found) as OptionsInput;
}

/** One option from a text that is not empty, checked. @throws AppError BAD_USER_INPUT */
export function parseOptionText<N extends Name>(name: N, text: string): CompressOptions[N] {
  return parseOptions({ [name]: READERS[name](text) })[name];
}

/** In any case, as spreadsheets write it. @throws AppError BAD_USER_INPUT */
export function readBoolean(name: string, text: string): boolean {
  if (!/^(?:true|false|1|0)$/i.test(text)) throw badInput(name, `${name} is true or false.`);
  return /^(?:true|1)$/i.test(text);
}

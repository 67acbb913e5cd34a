import { MAX_FIELD_CHARS } from '../../domain/limits.js';

/** Gathers the text between two tags: one character more than a cell may have, so that it is known to be too long. */
export interface CapturedText {
  add(text: string): void;
  /** What was gathered, with Excel's escapes (`_x000D_`) read; begins anew. */
  take(): string;
}

export function createCapturedText(): CapturedText {
  let gathered = '';
  return {
    add(text) {
      if (gathered.length <= MAX_FIELD_CHARS) gathered = (gathered + text).slice(0, MAX_FIELD_CHARS + 1);
    },
    take() {
      const text = gathered;
      gathered = '';
      if (!text.includes('_x')) return text;
      return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => charOf(Number.parseInt(code, 16)));
    },
  };
}

/** A NUL byte would make the output no text file. */
function charOf(code: number): string {
  return code === 0 ? '' : String.fromCharCode(code);
}

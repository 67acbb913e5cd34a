import type { DocumentNode } from 'graphql';

/** Characters of all documents that are kept: each takes up to 250 bytes of memory (measured), 8 MB in all. */
const MAX_CHARS = 32_768;
/** Longer documents are not kept: those of our clients have some 1,500 characters. */
const MAX_DOCUMENT_CHARS = MAX_CHARS / 4;

/**
 * Documents that were parsed and found valid: clients send the same few again and again. A stranger who sends many can
 * push them out, and then they are parsed anew; more memory they cannot fill.
 */
export interface KnownDocuments {
  get(key: string): DocumentNode | undefined;
  set(key: string, document: DocumentNode): void;
}

export function createKnownDocuments(): KnownDocuments {
  const documents = new Map<string, DocumentNode>();
  let chars = 0;
  const forget = (key: string) => {
    chars -= charsOf(documents.get(key));
    documents.delete(key);
  };
  return {
    get(key) {
      const document = documents.get(key);
      // Put at the end anew: the first of the map is the one unused for longest.
      if (document) documents.delete(key) && documents.set(key, document);
      return document;
    },
    set(key, document) {
      if (charsOf(document) > MAX_DOCUMENT_CHARS) return;
      forget(key);
      documents.set(key, document);
      chars += charsOf(document);
      for (const first of documents.keys()) {
        if (chars <= MAX_CHARS) return;
        forget(first);
      }
    },
  };
}

function charsOf(document: DocumentNode | undefined): number {
  return document?.loc?.source.body.length ?? 0;
}

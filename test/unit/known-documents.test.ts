import { parse } from 'graphql';
import { createKnownDocuments } from '../../src/graphql/known-documents.js';

const documentOf = (chars: number) => parse(`{ version }${' '.repeat(chars - '{ version }'.length)}`);

describe('documents that were met before', () => {
  it('are kept as they are', () => {
    const known = createKnownDocuments();
    const document = documentOf(1_000);
    known.set('a', document);
    expect(known.get('a')).toBe(document);
    expect(known.get('b')).toBeUndefined();
  });

  it('give way to others by the characters they have, those first that were unused for longest', () => {
    const known = createKnownDocuments();
    for (const key of ['a', 'b', 'c', 'd']) known.set(key, documentOf(8_000));
    known.set('a', documentOf(8_000));
    known.get('b');
    known.set('e', documentOf(8_000));
    expect(['a', 'b', 'c', 'd', 'e'].filter((key) => known.get(key))).toEqual(['a', 'b', 'd', 'e']);
  });

  it('are not kept where they are longer than any client writes', () => {
    const known = createKnownDocuments();
    known.set('a', documentOf(10_000));
    expect(known.get('a')).toBeUndefined();
  });
});

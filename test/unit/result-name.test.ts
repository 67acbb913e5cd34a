import fc from 'fast-check';
import { resultName } from '../../src/cli/result-name.js';

const named = (name: string, row = 2) => resultName({ row, name, position: 1, contentType: 'image/jpeg' });

describe('the name of a downloaded result', () => {
  it.each([
    ['Chair', '0002-Chair-1.jpg'],
    ['Oak chair, “old”', '0002-Oak-chair-old-1.jpg'],
    ['../../etc/passwd', '0002-etc-passwd-1.jpg'],
    ['C:\\windows\\nul', '0002-C-windows-nul-1.jpg'],
    ['…', '0002-1.jpg'],
    ['椅子', '0002-椅子-1.jpg'],
  ])('of %s is %s', (name, expected) => {
    expect(named(name)).toBe(expected);
  });

  it('is one that any file system takes, whatever the product is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (name) => {
        const made = named(name);
        expect(made).toMatch(/^0002-[\p{L}\p{M}\p{N}-]*1\.jpg$/u);
        expect(Buffer.byteLength(made)).toBeLessThan(160);
      }),
    );
  });

  it('is never that of another row, nor of another position', () => {
    expect(named('Chair', 3)).not.toBe(named('Chair', 2));
    const second = resultName({ row: 2, name: 'Chair', position: 2, contentType: 'image/jpeg' });
    expect(second).not.toBe(named('Chair'));
  });
});

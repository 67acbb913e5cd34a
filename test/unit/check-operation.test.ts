import { readFileSync } from 'node:fs';
import { buildSchema, getIntrospectionQuery, type OperationDefinitionNode, parse, validate } from 'graphql';
import { checkOperation } from '../../src/graphql/check-operation.js';
import { DOCUMENT_LIMITS } from '../../src/graphql/document-limits.js';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));

function check(text: string, variables: Record<string, unknown> = {}) {
  const document = parse(text, { maxTokens: DOCUMENT_LIMITS.tokens });
  expect(validate(schema, document)).toEqual([]);
  const operation = document.definitions.find(({ kind }) => kind === 'OperationDefinition') as OperationDefinitionNode;
  return checkOperation({ schema, document, operation, variables })?.message ?? null;
}

const chain = (length: number, spread: string) => {
  const fragments = Array.from(
    { length },
    (_, index) =>
      `fragment F${index} on Product { request { products { nodes { ${spread.replaceAll('#', `F${index + 1}`)} } } } }`,
  );
  return `{ product(id: 1) { ...F0 } } ${fragments.join('\n')} fragment F${length} on Product { id }`;
};

describe('the limits of a document', () => {
  it('let every operation of our own clients through, on the largest pages', () => {
    const text = readFileSync('schema/operations/request.graphql', 'utf8');
    const document = parse(text);
    const operations = document.definitions.filter(({ kind }) => kind === 'OperationDefinition');
    expect(operations.length).toBeGreaterThan(8);
    for (const operation of operations as OperationDefinitionNode[]) {
      expect(checkOperation({ schema, document, operation, variables: { id: '1', first: 100 } })).toBeNull();
    }
  });

  it('let the fullest introspection through: the playground asks it', () => {
    const options = {
      descriptions: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    };
    expect(check(getIntrospectionQuery(options))).toBeNull();
  });

  it.each([
    ['nests', `{ product(id: 1) { ${'request { products { nodes { '.repeat(6)} id ${'} } } '.repeat(6)} } }`],
    ['nests', `{ __schema { types { fields { type { ${'ofType { '.repeat(13)} name ${'} '.repeat(13)} } } } } }`],
    ['aliases', `{ ${Array.from({ length: 31 }, (_, index) => `a${index}: version`).join(' ')} }`],
    ['directives', `{ ${'version @skip(if: false) '.repeat(31)} }`],
    ['fields', '{ requests(first: 100) { nodes { products(first: 100) { nodes { id row name serialNumber } } } } }'],
    [
      'fields',
      '{ requests { nodes { products { nodes { request { products { nodes { id name row serialNumber } } } } } } } }',
    ],
    [
      'fields',
      '{ requests(first: 100) { nodes { products { totalCount } a: images { totalCount } b: images { totalCount } products { totalCount } c: images { totalCount } } } }',
    ],
    ['fields', '{ __schema { types { fields { args { type { fields { args { type { name description } } } } } } } } }'],
  ])('refuse what %s too much: %s', (word, text) => {
    expect(check(text)).toContain(word);
  });

  it('count a page by its variable, by the default of that, and by ours', () => {
    const query = (head: string) =>
      `query${head} { requests(first: 50) { nodes { products(first: $n) { nodes { id row name serialNumber } } } } }`;
    expect(check(query('($n: Int)'), { n: 100 })).toBeNull();
    expect(check(query('($n: Int)'), { n: 1 })).toBeNull();
    const wide = (head: string) =>
      query(head).replace('first: 50', 'first: 100').replace('id row', 'images { id url: sourceUrl attempts } row');
    expect(check(wide('($n: Int)'), { n: 5 })).toBeNull();
    expect(check(wide('($n: Int)'), { n: 100 })).toContain('fields');
    expect(check(wide('($n: Int = 100)'))).toContain('fields');
    expect(check(wide('($n: Int)'), { n: 'many' })).toContain('fields');
  });

  it('ask anew what a document that was light before weighs with other variables', () => {
    const document = parse(
      'query ($n: Int) { requests(first: 100) { nodes { products(first: $n) { nodes { images { id attempts } } } } } }',
    );
    const operation = document.definitions[0] as OperationDefinitionNode;
    const asked = [5, 100, 5].map((n) => checkOperation({ schema, document, operation, variables: { n } }));
    expect(asked.map((refusal) => refusal?.extensions['code'] ?? null)).toEqual([null, 'BAD_USER_INPUT', null]);
  });

  it.each([
    ['spread once in each other', '...#'],
    ['spread twice in each other', '...# ...#'],
    ['doubled under aliases', '...# request { products { nodes { ...# } } }'],
  ])(
    'measure fragments %s in time that follows the length of the document: in doubled time they would never end',
    (_, spread) => {
      expect(check(chain(spread.length > 20 ? 30 : 50, spread))).not.toBeNull();
    },
  );

  it('let one field alone read a file: of two, the second would fail and take the answer of the first away', () => {
    const upload = (...names: string[]) =>
      `mutation($f: Upload!) { ${names.map((name) => `${name}uploadCsv(file: $f) { userErrorCount }`).join(' ')} }`;
    expect(check(upload(''))).toBeNull();
    expect(check(upload('', ''))).toBeNull();
    expect(check(upload('', 'b: '))).toContain('$f is read once');
    expect(
      check(
        'mutation($f: Upload!) { ...A b: checkCsv(file: $f) { rows } } fragment A on Mutation { a: checkCsv(file: $f) { rows } }',
      ),
    ).toContain('$f is read once');
  });

  it('end for fragments within themselves, which validation refuses', () => {
    const document = parse(
      '{ product(id: 1) { ...A } } fragment A on Product { id request { products { nodes { ...A } } } }',
    );
    const [operation] = document.definitions as OperationDefinitionNode[];
    expect(validate(schema, document)).not.toEqual([]);
    expect(
      checkOperation({ schema, document, operation: operation as OperationDefinitionNode, variables: {} }),
    ).toBeNull();
  });
});

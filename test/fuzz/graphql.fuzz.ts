import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Random } from '../faults/random.js';
import { serverMemory } from '../support/server-memory.js';
import { type Service, startService } from '../support/start-service.js';
import { fuzz } from './fuzz.js';
import { mutate } from './mutate.js';

let service: Service;
beforeAll(async () => {
  service = await startService({ RATE_LIMIT_QUERIES_PER_MINUTE: '0' });
  const form = new FormData();
  form.append('file', new Blob(['No,Name,Images\n1,Lamp,http://10.0.0.1/a.jpg\n']), 'a.csv');
  const answer = await fetch(`${service.url}/api/upload`, { method: 'POST', body: form });
  ids.push(((await answer.json()) as { requestId: string }).requestId);
});
afterAll(async () => {
  expect(await service.stop()).toBe(0);
});

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
const DEEP = JSON.parse(`${'['.repeat(2_000)}${']'.repeat(2_000)}`) as unknown;
const ids = ['00000000-0000-4000-8000-000000000000', '', 'x', '\u0000', '__proto__', 'a'.repeat(3_000)];

function literal(type: GraphQLInputType, random: Random): string {
  if (isNonNullType(type)) return literal(type.ofType, random);
  if (random.chance(0.1))
    return random.pick(['null', '1', '-1', '1e400', '"x"', '{}', '[]', 'X', '$v', '"""b"""', '{a:{a:{a:1}}}']);
  if (isListType(type)) return `[${literal(type.ofType, random)}]`;
  if (isEnumType(type)) return random.pick(type.getValues()).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(() => random.chance(0.5));
    return `{${fields.map((field) => `${field.name}: ${literal(field.type, random)}`).join(' ')}}`;
  }
  if (type.name === 'Int' || type.name === 'SafeInt')
    return String(random.pick([0, 1, 2, 20, 100, 101, -1, 2 ** 31 - 1, 2 ** 31]));
  if (type.name === 'Boolean') return String(random.chance(0.5));
  return JSON.stringify(random.pick(ids));
}

function argumentsOf(args: readonly GraphQLArgument[], random: Random): string {
  const given = args.filter(({ type }) => (isNonNullType(type) ? !random.chance(0.03) : random.chance(0.4)));
  return given.length > 0 ? `(${given.map(({ name, type }) => `${name}: ${literal(type, random)}`).join(', ')})` : '';
}

function fieldText(field: GraphQLField<unknown, unknown>, random: Random, depth: number): string {
  const alias = random.chance(0.1) ? `a${random.whole(0, 9)}: ` : '';
  const directive = random.chance(0.1)
    ? random.pick([' @skip(if: false)', ' @include(if: $v)', ' @nope', ' @deprecated'])
    : '';
  return `${alias}${field.name}${argumentsOf(field.args, random)}${directive}${selectionOf(field.type, random, depth)}`;
}

function selectionOf(type: GraphQLOutputType, random: Random, depth: number): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return random.chance(0.02) ? ' { x }' : '';
  if (depth <= 0) return ' { __typename }';
  if (isAbstractType(named)) {
    const [...possible] = schema.getPossibleTypes(named);
    const one = random.pick(possible);
    return ` { __typename ... on ${one.name}${selectionOf(one, random, depth - 1)} }`;
  }
  if (!isObjectType(named)) return '';
  const fields = random.shuffle(Object.values(named.getFields())).slice(0, random.whole(1, 6));
  const spread = random.chance(0.1) ? ` ...F${random.whole(0, 2)}` : '';
  return ` { ${fields.map((field) => fieldText(field, random, depth - 1)).join(' ')}${spread} }`;
}

function documentOf(random: Random): string {
  const kind = random.chance(0.1) ? 'subscription' : random.pick(['query', 'query', 'query', 'mutation'] as const);
  const root = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  }[kind];
  if (!root) return '{ version }';
  const head = random.chance(0.1) ? `${kind} Q($v: Boolean = true)` : kind;
  const type = random.pick(['Request', 'Query', 'Product', 'Node']);
  const fragment = random.chance(0.1)
    ? ` fragment F0 on ${type}${selectionOf(schema.getType(type) as GraphQLOutputType, random, 3)}`
    : '';
  const special = random.chance(0.1)
    ? ' query R { __schema { types { name fields { name type { ofType { ofType { name } } } } } } }'
    : '';
  const text = `${head}${selectionOf(root, random, random.whole(1, 9))}${fragment}${special}`;
  return random.chance(0.1) ? mutate(Buffer.from(text), random).toString() : text;
}

fuzz({
  name: 'graphql documents',
  async feed(chance) {
    // Most documents are valid, so that they come further than their validation.
    const wild = chance.chance(0.4);
    const random = wild
      ? chance
      : { ...chance, chance: (probability: number) => probability > 0.1 && chance.chance(probability) };
    const query = documentOf(random);
    const variables = !wild
      ? {}
      : random.pick([
          {},
          ...[{}, { v: true }, { v: 'x' }, [], null, 1, { v: DEEP }].map((each) => ({ variables: each })),
        ]);
    const operation = !wild
      ? {}
      : random.pick([{}, {}, ...['Q', 'R', '', 1, null].map((operationName) => ({ operationName }))]);
    const body = JSON.stringify({ query, ...variables, ...operation });
    const response = await fetch(`${service.url}/graphql`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    const text = await response.text();
    const codes = [...text.matchAll(/"code":"([A-Z_]+)"/g)].map((match) => match[1] ?? '');
    if (response.status >= 500 || codes.includes('INTERNAL'))
      throw new Error(`${response.status} ${text.slice(0, 500)} for ${query}\n${service.log.slice(-2).join('\n')}`);
    if (/node_modules|dist\/|Did you mean| {4}at /.test(text))
      throw new Error(`it tells too much: ${text.slice(0, 1_000)}`);
    return codes[0] ?? 'data';
  },
  memory: () => serverMemory(service.url),
});

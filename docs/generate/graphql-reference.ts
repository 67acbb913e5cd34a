import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
  print,
} from 'graphql';

const INTRODUCTION = `# GraphQL reference

<!-- Made from schema/schema.graphql by \`npm run build:docs\`. -->

\`/graphql\` speaks POST, GET and WebSocket (graphql-transport-ws). \`!\` is never null, \`[…]\` a list. [events.md](events.md) tells what a subscription keeps; [troubleshooting.md](troubleshooting.md) has the codes of errors (\`extensions.code\`).
`;

const OPERATIONS = ['Query', 'Mutation', 'Subscription'];
type Described = { name: string; description?: string | null | undefined };

/** docs/reference-graphql.md: all that the schema says of itself. */
export function graphqlReference(schema: GraphQLSchema): string {
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .sort((a, b) => a.name.localeCompare(b.name));
  const operations = OPERATIONS.flatMap((name) => types.filter((type) => type.name === name));
  const others = types.filter((type) => !OPERATIONS.includes(type.name));
  const chapters: [string, GraphQLNamedType[]][] = [
    ['Objects', others.filter((type) => isObjectType(type) || isInterfaceType(type) || isUnionType(type))],
    ['Inputs', others.filter(isInputObjectType)],
    ['Enums', others.filter(isEnumType)],
    ['Scalars', others.filter(isScalarType)],
  ];
  const lines = [
    ...operations.flatMap((type) => ['', `## ${type.name}`, '', said(type), ...partsOf(type)]),
    ...chapters.flatMap(([title, each]) => ['', `## ${title}`, ...each.flatMap(typeLines)]),
  ];
  return `${INTRODUCTION}${lines.join('\n')}\n`;
}

function typeLines(type: GraphQLNamedType): string[] {
  return ['', `### ${type.name}`, '', said(type), ...partsOf(type)];
}

function partsOf(type: GraphQLNamedType): string[] {
  if (isObjectType(type) || isInterfaceType(type)) return fieldLines(type);
  if (isInputObjectType(type)) return ['', ...Object.values(type.getFields()).map((field) => `- ${inputLine(field)}`)];
  if (isEnumType(type)) return ['', ...type.getValues().map((value) => `- \`${value.name}\`: ${said(value)}`)];
  if (isUnionType(type)) return ['', ...type.getTypes().map(({ name }) => `- \`${name}\``)];
  return [];
}

function fieldLines(type: GraphQLObjectType | GraphQLInterfaceType): string[] {
  const line = (field: GraphQLField<unknown, unknown>) => [
    `- \`${field.name}: ${field.type}\`: ${said(field)}`,
    ...field.args.map((argument) => `  - ${inputLine(argument)}`),
  ];
  return ['', ...Object.values(type.getFields()).flatMap(line)];
}

/** An argument, or a field of an input. */
function inputLine(input: GraphQLArgument | GraphQLInputField): string {
  const value = input.astNode?.defaultValue;
  return `\`${input.name}: ${input.type}${value ? ` = ${print(value)}` : ''}\`: ${said(input)}`;
}

function said({ description }: Described): string {
  return (description ?? '').replaceAll(/\s+/g, ' ').trim();
}

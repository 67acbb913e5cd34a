import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import { DOCUMENT_LIMITS } from './document-limits.js';
import { measureOperation, type Weight } from './measure-operation.js';

export interface CheckedOperation {
  schema: GraphQLSchema;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  /** As the client sent them. */
  variables: Readonly<Record<string, unknown>> | null | undefined;
}

const PROBLEMS: Readonly<Record<keyof Weight, (found: number, most: number) => string>> = {
  depth: (found, most) => `The operation nests ${found} fields; at most ${most} are taken.`,
  aliases: (found, most) => `The operation has ${found} aliases; at most ${most} are taken.`,
  directives: (found, most) => `The operation has ${found} directives; at most ${most} are taken.`,
  cost: (found, most) => `The operation may answer about ${found} fields; at most ${most} are taken. Ask for less.`,
};

/** Operations that were found light enough with the largest pages: whatever their variables say, they are again. */
const light = new WeakSet<OperationDefinitionNode>();

/** Refuses a valid operation that is heavier than `DOCUMENT_LIMITS`; both transports call it before they execute. */
export function checkOperation({ schema, document, operation, variables }: CheckedOperation): GraphQLError | null {
  if (light.has(operation)) return null;
  const fileTwice = refuseFileTwice(document, operation);
  if (fileTwice) return fileTwice;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  if (!refusalOf(measureOperation({ schema, operation, fragments, variables: null }))) {
    light.add(operation);
    return null;
  }
  // Variables that do not fit are refused when the operation is executed; here they count as left out.
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {}, { maxErrors: 1 });
  return refusalOf(measureOperation({ schema, operation, fragments, variables: coerced ?? {} }));
}

/**
 * A file is read once. The field that came second would fail, and with it the whole answer: what the first had made of
 * the file would be there, and nobody would know its id.
 */
function refuseFileTwice(document: DocumentNode, operation: OperationDefinitionNode): GraphQLError | null {
  const { variableDefinitions = [] } = operation;
  const fields = new Map(variableDefinitions.filter(isFile).map(({ variable }) => [variable.name.value, new Set()]));
  if (fields.size === 0) return null;
  const parts = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  visit(
    { ...document, definitions: [operation, ...parts] },
    {
      Field({ name, alias, arguments: args = [] }) {
        for (const { value } of args) {
          if (value.kind === Kind.VARIABLE) fields.get(value.name.value)?.add((alias ?? name).value);
        }
      },
    },
  );
  const twice = [...fields].find(([, names]) => names.size > 1)?.[0];
  return twice === undefined
    ? null
    : refused(`The file in $${twice} is read once; give each field a request of its own.`);
}

function isFile({ type }: VariableDefinitionNode): boolean {
  const named = type.kind === Kind.NON_NULL_TYPE ? type.type : type;
  return named.kind === Kind.NAMED_TYPE && named.name.value === 'Upload';
}

function refusalOf(weight: Weight): GraphQLError | null {
  for (const kind of ['depth', 'aliases', 'directives', 'cost'] as const) {
    const most = DOCUMENT_LIMITS[kind];
    if (weight[kind] > most) return refused(PROBLEMS[kind](weight[kind], most));
  }
  return null;
}

function refused(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
}

import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';

/** Items taken for a page whose size is left out (`pageSize` in `domain/page`). */
const DEFAULT_PAGE_SIZE = 20;
/** The largest page: asking for more is refused when it is resolved. */
const MAX_PAGE_SIZE = 100;
/** Items taken for a list whose length the document does not tell: images of a row, rows left out, types of a schema. */
const ASSUMED_ITEMS = 8;
/** What a page costs beside its fields: it is a query of its own. */
const PAGE_COST = 20;
/** What counting a whole list costs, and passing over a part of it: the index of a large request is read through. */
const COUNT_COST = 100;

/** How heavy an operation is: see `DOCUMENT_LIMITS`. */
export interface Weight {
  depth: number;
  aliases: number;
  directives: number;
  cost: number;
}

export interface MeasuredOperation {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Null takes each page whose size is a variable for the largest. */
  variables: Readonly<Record<string, unknown>> | null;
}

/**
 * Measures a valid operation. A fragment is measured once for each size of page that it stands in, so the time follows
 * the length of the document however often its fragments are spread within each other.
 */
export function measureOperation({ schema, operation, fragments, variables }: MeasuredOperation): Weight {
  const known = new Map<string, Weight>();

  const ofSet = (set: SelectionSetNode, type: GraphQLCompositeType, page: number): Weight =>
    set.selections.map((selection) => ofSelection(selection, type, page)).reduce(add, NOTHING);

  const ofSelection = (selection: SelectionNode, type: GraphQLCompositeType, page: number): Weight => {
    const own = { ...NOTHING, directives: selection.directives?.length ?? 0 };
    if (selection.kind === Kind.FIELD) return add(own, ofField(selection, type, page));
    if (selection.kind === Kind.FRAGMENT_SPREAD) return add(own, ofFragment(selection.name.value, page));
    return add(own, ofSet(selection.selectionSet, typeNamed(selection.typeCondition?.name.value) ?? type, page));
  };

  const ofFragment = (name: string, page: number): Weight => {
    const key = `${name} ${page}`;
    const found = known.get(key);
    if (found) return found;
    const fragment = fragments.get(name);
    const type = typeNamed(fragment?.typeCondition.name.value);
    // A fragment within itself counts as nothing here; validation refuses it.
    known.set(key, NOTHING);
    const weight = fragment && type ? ofSet(fragment.selectionSet, type, page) : NOTHING;
    known.set(key, weight);
    return weight;
  };

  const ofField = (node: FieldNode, parent: GraphQLCompositeType, page: number): Weight => {
    const field = fieldOf(schema, parent, node.name.value);
    const named = field && getNamedType(field.type);
    const size = field && pageSizeOf(field, node, variables);
    const readsThrough =
      node.name.value === 'totalCount' || node.arguments?.some(({ name }) => name.value === 'offset');
    const self = {
      depth: 1,
      aliases: node.alias ? 1 : 0,
      directives: 0,
      cost: 1 + (size ? PAGE_COST : 0) + (readsThrough ? COUNT_COST : 0),
    };
    if (!node.selectionSet || !isCompositeType(named)) return self;
    const inner = ofSet(node.selectionSet, named, size ?? 0);
    const items = isListType(getNullableType(field?.type)) ? page || ASSUMED_ITEMS : 1;
    return {
      depth: inner.depth + 1,
      aliases: self.aliases + inner.aliases,
      directives: inner.directives,
      cost: self.cost + items * inner.cost,
    };
  };

  const typeNamed = (name: string | undefined): GraphQLCompositeType | null => {
    const type = name === undefined ? null : schema.getType(name);
    return isCompositeType(type) ? type : null;
  };

  const root = schema.getRootType(operation.operation);
  const own = { ...NOTHING, directives: operation.directives?.length ?? 0 };
  return root ? add(own, ofSet(operation.selectionSet, root, 0)) : own;
}

const NOTHING: Weight = { depth: 0, aliases: 0, directives: 0, cost: 0 };

function add(a: Weight, b: Weight): Weight {
  return {
    depth: Math.max(a.depth, b.depth),
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
    cost: a.cost + b.cost,
  };
}

function fieldOf(schema: GraphQLSchema, parent: GraphQLCompositeType, name: string) {
  if (parent === schema.getQueryType() && name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (parent === schema.getQueryType() && name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

/** How many items a field with `first` is asked for; null for a field that is no page. */
function pageSizeOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: MeasuredOperation['variables'],
): number | null {
  if (!field.args.some(({ name }) => name === 'first')) return null;
  const given = node.arguments?.flatMap(({ name, value }) => {
    if (name.value !== 'first' && name.value !== 'last') return [];
    if (value.kind === Kind.INT) return [Number(value.value)];
    if (value.kind !== Kind.VARIABLE) return [];
    return [variables ? variables[value.name.value] : MAX_PAGE_SIZE];
  });
  const sizes = (given ?? []).filter((size) => typeof size === 'number');
  return sizes.length > 0 ? Math.max(1, Math.min(MAX_PAGE_SIZE, ...sizes)) : DEFAULT_PAGE_SIZE;
}

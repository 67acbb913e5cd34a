/**
 * What one GraphQL document may ask for, over HTTP and WebSocket alike. Introspection is held to the same numbers.
 * How they were chosen: docs/decisions/0009-graphql-limits.md.
 */
export const DOCUMENT_LIMITS = {
  /**
   * Words and signs of the text; parsing stops at the limit. Five times an introspection query; what graphql-js needs
   * to validate the worst document of this length stays below a tenth of a second.
   */
  tokens: 1_000,
  /** Fields within fields: the introspection query of GraphiQL has 15, and ours need half of it. */
  depth: 16,
  /** Renamed fields with all fragments spread: one for each thing of a small page. */
  aliases: 30,
  /** Directives with all fragments spread. */
  directives: 30,
  /**
   * Fields in the answer, as far as the sizes of its lists are known, with a surcharge for those that cost a query.
   * A page of a hundred products with all that can be told of their images costs nine tenths of it.
   */
  cost: 40_000,
} as const;

/**
 * Characters of a message to a client: names and values that are longer are cut off. The longest of Apollo's own, whose
 * help stands at its end, has 340.
 */
export const MAX_MESSAGE_CHARS = 400;

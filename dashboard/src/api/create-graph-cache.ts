import { type Cache, cacheExchange } from '@urql/exchange-graphcache';
import type { Exchange } from 'urql';
import type { DeleteRequestMutation } from '../generated/graphql.js';

/** Types without an id: they are kept within the thing that they are a part of. */
const PARTS = [
  'CsvError',
  'CsvWarning',
  'ImageConnection',
  'PageInfo',
  'ProcessingError',
  'RequestBytes',
  'RequestConnection',
  'RequestCounts',
  'RequestOptions',
  'RequestStatusEvent',
  'StoredImage',
  'WebhookDelivery',
];

/** The normalised cache: a request and an image stand in it once, whichever query, mutation or event told of them. */
export function createGraphCache(): Exchange {
  return cacheExchange({
    keys: Object.fromEntries(PARTS.map((name) => [name, () => null])),
    possibleTypes: { Node: ['Image', 'Product', 'Request'] },
    resolvers: {
      Query: {
        // An image that is shown already opens without a question to the service.
        node: (_parent, { id }, cache) => {
          const image = { __typename: 'Image', id: String(id) };
          return cache.resolve(image, 'sourceUrl') ? image : cache.resolve('Query', 'node', { id: String(id) });
        },
      },
    },
    updates: {
      Mutation: {
        uploadCsv: (_result, _args, cache) => forgetLists(cache),
        deleteRequest: (result, _args, cache) => {
          const { deleteRequest } = result as DeleteRequestMutation;
          cache.invalidate({ __typename: 'Request', id: deleteRequest.id });
          forgetLists(cache);
        },
      },
    },
  });
}

/** Lists that are shown are asked for again; where they stand now only the service knows. */
function forgetLists(cache: Cache): void {
  for (const { fieldName, fieldKey } of cache.inspectFields('Query')) {
    if (fieldName === 'requests') cache.invalidate('Query', fieldKey);
  }
}

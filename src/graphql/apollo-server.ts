import type { IncomingHttpHeaders } from 'node:http';
import { ApolloServer, type ApolloServerOptions, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { expressMiddleware } from '@as-integrations/express5';
import { json, type RequestHandler, Router } from 'express';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { Limits } from '../domain/limits.js';
import type { Log } from '../domain/log.js';
import { type Metrics, secondsSince } from '../domain/metrics.js';
import { checkOperation } from './check-operation.js';
import type { GraphQLContext } from './context.js';
import { DOCUMENT_LIMITS } from './document-limits.js';
import { codeOf, createFormatError } from './errors.js';
import { createKnownDocuments } from './known-documents.js';
import { processUpload } from './process-upload.js';
import { createRefuseUnvalidatable } from './refuse-unvalidatable.js';

/** Bytes of an operation in JSON: the longest that a client writes by hand is a hundredth of it. */
const MAX_OPERATION_BYTES = 1024 * 1024;

export interface ApolloDeps {
  schema: GraphQLSchema;
  limits: Pick<Limits, 'maxFileBytes'>;
  log: Log;
  metrics: Metrics;
  contextFor: (headers: IncomingHttpHeaders) => GraphQLContext;
}

export interface GraphQLHttp {
  router: Router;
  close(): Promise<void>;
}

/** GraphQL over HTTP, uploads among it. Forms of other sites are kept out by Apollo's CSRF prevention. */
export async function createApollo({ schema, limits, log, metrics, contextFor }: ApolloDeps): Promise<GraphQLHttp> {
  const server = new ApolloServer<GraphQLContext>({
    schema,
    csrfPrevention: true,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    formatError: createFormatError(log),
    parseOptions: { maxTokens: DOCUMENT_LIMITS.tokens },
    // Registered operations are not kept: that memory would be a stranger's to fill.
    persistedQueries: false,
    documentStore: documentStore(),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      // Nothing has a hint for caches, and looking for one costs each field of each answer.
      ApolloServerPluginCacheControlDisabled(),
      limitOperations,
      measureOperations(metrics),
    ],
    stopOnTerminationSignals: false,
  });
  await server.start();
  const router = Router();
  router.use((_request, response, next) => {
    response.set('cache-control', 'no-store');
    next();
  });
  router.use(takeFiles(limits.maxFileBytes));
  router.use(json({ limit: MAX_OPERATION_BYTES }));
  router.use(createRefuseUnvalidatable(schema));
  router.use(expressMiddleware(server, { context: async ({ req }) => contextFor(req.headers) }));
  return { router, close: () => server.stop() };
}

function documentStore(): NonNullable<ApolloServerOptions<GraphQLContext>['documentStore']> {
  const known = createKnownDocuments();
  return {
    get: async (key) => known.get(key),
    set: async (key, document) => known.set(key, document),
    // Apollo never asks for it.
    delete: async () => undefined,
  };
}

const limitOperations: ApolloServerPlugin<GraphQLContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ schema, document, operation, request: { variables } }) {
        // Without an operation of the name that was asked for, execution says so.
        if (!operation) return;
        if (operation.operation === 'subscription') {
          throw new GraphQLError('Subscriptions are served over WebSocket.', {
            extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
          });
        }
        const refusal = checkOperation({ schema, document, operation, variables });
        if (refusal) throw refusal;
      },
    };
  },
};

/** Tells how long each operation took, and how it ended. */
function measureOperations(metrics: Metrics): ApolloServerPlugin<GraphQLContext> {
  return {
    async requestDidStart() {
      const began = performance.now();
      return {
        async willSendResponse({ operation, errors: [first] = [] }) {
          const code = first ? codeOf(first) : null;
          metrics.operationEnded(operation?.operation ?? 'unknown', code, secondsSince(began));
        },
      };
    },
  };
}

/** Forms become what a JSON body would be, with the file in the variables. */
function takeFiles(maxFileBytes: number): RequestHandler {
  // One byte more than is taken: intake itself tells a file that is too large from one that fits exactly.
  const limits = { maxFieldBytes: MAX_OPERATION_BYTES, maxFileBytes: maxFileBytes + 1 };
  return async (request, response, next) => {
    if (request.is('multipart/form-data')) request.body = await processUpload(request, response, limits);
    next();
  };
}

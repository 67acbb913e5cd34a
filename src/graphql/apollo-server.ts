import type { IncomingHttpHeaders } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { expressMiddleware } from '@as-integrations/express5';
import { json, Router } from 'express';
import type { GraphQLSchema } from 'graphql';
import { graphqlUploadExpress } from 'graphql-upload-minimal';
import type { Limits } from '../domain/limits.js';
import type { Log } from '../domain/log.js';
import type { GraphQLContext } from './context.js';
import { createFormatError } from './errors.js';

/** Bytes of an operation in JSON: the longest that a client writes by hand is a hundredth of it. */
const MAX_OPERATION_BYTES = 1024 * 1024;

export interface ApolloDeps {
  schema: GraphQLSchema;
  limits: Pick<Limits, 'maxFileBytes'>;
  log: Log;
  contextFor: (headers: IncomingHttpHeaders) => GraphQLContext;
}

export interface GraphQLHttp {
  router: Router;
  close(): Promise<void>;
}

/** GraphQL over HTTP, uploads among it. Forms of other sites are kept out by Apollo's CSRF prevention. */
export async function createApollo({ schema, limits, log, contextFor }: ApolloDeps): Promise<GraphQLHttp> {
  const server = new ApolloServer<GraphQLContext>({
    schema,
    csrfPrevention: true,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    formatError: createFormatError(log),
    plugins: [ApolloServerPluginLandingPageDisabled()],
    stopOnTerminationSignals: false,
  });
  await server.start();
  const router = Router();
  // One byte more than is taken: intake itself tells a file that is too large from one that fits exactly.
  router.use(
    graphqlUploadExpress({ maxFileSize: limits.maxFileBytes + 1, maxFiles: 1, maxFieldSize: MAX_OPERATION_BYTES }),
  );
  router.use(json({ limit: MAX_OPERATION_BYTES }));
  router.use(expressMiddleware(server, { context: async ({ req }) => contextFor(req.headers) }));
  return { router, close: () => server.stop() };
}

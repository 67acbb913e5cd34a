import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { Router } from 'express';

/** GraphiQL for a browser that opens the endpoint, whole from this package: no other host is asked. */
export function createPlayground(): Router {
  const page = renderGraphiQL({
    title: 'Pixelpress',
    subscriptionsProtocol: 'WS',
    defaultQuery:
      '{\n  requests(first: 5) {\n    nodes { id status progress counts { total completed failed } }\n  }\n}\n',
  });
  const router = Router();
  router.get('/', (request, response, next) => {
    if (request.query['query'] !== undefined || request.accepts(['json', 'html']) !== 'html') return next();
    response.type('html').send(page);
  });
  return router;
}

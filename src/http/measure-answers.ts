import type { RequestHandler } from 'express';
import { type Metrics, secondsSince } from '../domain/metrics.js';
import { routeOf } from './route-of.js';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);

/** Tells how long each answer took, by the pattern of its route. */
export function createMeasureAnswers(metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const began = performance.now();
    response.once('close', () => {
      const method = METHODS.has(request.method) ? request.method : 'other';
      metrics.httpAnswered(method, routeOf(request), response.statusCode, secondsSince(began));
    });
    next();
  };
}

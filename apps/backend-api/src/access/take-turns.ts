import { AppError } from '@thumbnail-api/errors';
import { createMiddleware } from 'hono/factory';
import type { ApiDeps } from '../deps.ts';
import type { ApiEnv } from '../http/api-env.ts';
import { callerAddress } from './caller-address.ts';
import { Turns } from './turns.ts';

/** Keeps the database busy while a response is written, and leaves most of its connections to others. */
const turnsMax = 4;

/**
 * Works on at most four requests of an address at a time; the others wait, in order. It orders and does not throttle: a
 * process has one thread, and four requests keep it busy. Without it, a client with many connections would make all others
 * wait behind its requests.
 *
 * A handler that waits for something else, such as a body or the end of a job, releases its turn before. A request above the
 * limit of `limitRequests` costs a turn too, because counting may take a statement.
 */
export function takeTurns({ config, paths }: Pick<ApiDeps, 'config' | 'paths'>) {
  const turns = new Turns(turnsMax);
  const health = new Set<string>([paths.healthLive, paths.healthCheck, paths.healthReady]);
  return createMiddleware<ApiEnv>(async (context, next) => {
    const address = callerAddress(context, config.links);
    // A load balancer may send clients and its own probes from one address, and a probe must not wait for a database.
    const turn = await turns.acquire(health.has(context.req.path) ? `health ${address}` : address);
    context.set('turn', turn);
    try {
      if (context.req.raw.signal.aborted) throw new AppError('request_timeout', 'The client has disconnected.');
      await next();
    } finally {
      turn.release();
    }
  });
}

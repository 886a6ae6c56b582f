import type { MiddlewareHandler } from 'hono';

/**
 * Asks clients to close their connection after the response while the process shuts down. A client or proxy that keeps
 * connections open then sends its next request to another process.
 */
export const closeConnections =
  (isDraining: () => boolean): MiddlewareHandler =>
  async (context, next) => {
    await next();
    if (isDraining()) context.header('connection', 'close');
  };

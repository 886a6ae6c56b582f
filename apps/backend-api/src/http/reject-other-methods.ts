import type { OpenAPIHono } from '@hono/zod-openapi';
import { AppError } from '@thumbnail-api/errors';
import type { ApiEnv } from './api-env.ts';

/**
 * Answers every other method on the paths registered so far with `method_not_allowed` and an `Allow` header. Call it after
 * the last route.
 */
export function rejectOtherMethods(app: OpenAPIHono<ApiEnv>): void {
  const routes = app.routes.filter((route) => route.method !== 'ALL');
  for (const [path, known] of Map.groupBy(routes, (route) => route.path)) {
    const methods = new Set(known.map((route) => route.method));
    if (methods.has('GET')) methods.add('HEAD');
    const allow = [...methods].sort().join(', ');
    app.all(path, (context) => {
      context.header('allow', allow);
      throw new AppError('method_not_allowed', `This address does not support the method. Use ${allow}.`);
    });
  }
}

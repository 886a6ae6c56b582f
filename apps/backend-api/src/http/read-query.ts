import { AppError } from '@thumbnail-api/errors';
import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from './api-env.ts';

const faultsMax = 20;

/** The error for parameters or fields that a request contains more than once: to use one of them would be a guess. */
export const repeatedParameters = (names: readonly string[]): AppError =>
  invalidParameters(names, 'is sent more than once; send it once');

/**
 * Reads the query of a URL.
 *
 * @throws AppError `invalid_parameter` if a parameter is repeated
 */
export function readQuery(url: string): Record<string, string> {
  const values = new Map<string, string>();
  const repeated = new Set<string>();
  for (const [name, value] of new URL(url).searchParams) {
    if (values.has(name)) repeated.add(name);
    values.set(name, value);
  }
  if (repeated.size > 0) throw repeatedParameters([...repeated]);
  return Object.fromEntries(values);
}

/**
 * Joins the fields of a form with the query of its request.
 *
 * @throws AppError `invalid_parameter` if a name is in both
 */
export function joinFields(query: Record<string, string>, fields: Record<string, string>): Record<string, string> {
  const repeated = Object.keys(fields).filter((name) => Object.hasOwn(query, name));
  if (repeated.length > 0) throw repeatedParameters(repeated);
  return { ...query, ...fields };
}

/**
 * Rejects a request whose query contains another parameter than `names`, or one of them twice: the client would get other
 * results than it asked for.
 */
export const acceptQuery = (names: readonly string[]) =>
  createMiddleware<ApiEnv>((context, next) => {
    const unknown = Object.keys(readQuery(context.req.url)).filter((name) => !names.includes(name));
    if (unknown.length > 0) throw invalidParameters(unknown, `is not a parameter; use one of: ${names.join(', ')}`);
    return next();
  });

const invalidParameters = (names: readonly string[], detail: string) =>
  new AppError('invalid_parameter', 'One or more parameters are not valid. Correct the fields listed in errors.', {
    fields: names.slice(0, faultsMax).map((name) => ({
      pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      detail,
    })),
  });

import type { Context, TypedResponse } from 'hono';
import type { JSONParsed } from 'hono/utils/types';
import type { ApiEnv } from './api-env.ts';

declare const value: unique symbol;

/** The JSON text of a `T`, made in slices because it is long. */
export type JsonText<T> = string & { readonly [value]: T };

/** Sends a text that is JSON already, and that no cache may keep. */
export function sendJson<T, Status extends 200 | 201 | 202>(
  context: Context<ApiEnv>,
  text: JsonText<T>,
  status: Status,
): Response & TypedResponse<JSONParsed<T>, Status, 'json'> {
  context.header('cache-control', 'no-store');
  const response: Response = context.body(text, status, { 'content-type': 'application/json' });
  return response as Response & TypedResponse<JSONParsed<T>, Status, 'json'>;
}

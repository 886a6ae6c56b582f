import type { Context } from 'hono';
import type { ApiEnv } from '../http/api-env.ts';
import { clientAddress } from './client-address.ts';

/** Whom a request comes from, as {@link clientAddress} has it; `unknown` when the app is asked in process. */
export const callerAddress = (context: Context<ApiEnv>, { trustProxyHops }: { trustProxyHops: number }): string =>
  clientAddress(context.req.raw, context.env?.server?.requestIP?.(context.req.raw)?.address, trustProxyHops);

import { z } from 'zod';
import type { Values } from '../load-config.ts';
import type { Secret } from '../secret.ts';
import { secret } from './variables.ts';

/** The rules for reading metrics. */
export interface MetricsAccess {
  /** If set, clients must send it as a bearer token. */
  token: Secret | undefined;
  /** Whether metrics are public when there is no token. */
  isOpen: boolean;
}

/** The variables that configure access to metrics. */
export const metricsVariables = {
  METRICS_TOKEN: z.string().regex(/^\S+$/, 'expected a token without spaces').pipe(secret()).optional().meta({
    description:
      'Bearer token required by `/metrics` and for the details of `/health/ready`. If unset, both are public; on the API with `AUTH=api-key`, both are refused.',
    example: 'change-me-as-well',
  }),
};

/** Builds {@link MetricsAccess} from the variables. */
export const toMetricsAccess = (environment: Values<typeof metricsVariables>, isOpen: boolean): MetricsAccess => ({
  token: environment.METRICS_TOKEN,
  isOpen,
});

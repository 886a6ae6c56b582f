import { z } from 'zod';
import type { Values } from '../load-config.ts';
import type { Secret } from '../secret.ts';
import { secret } from './variables.ts';

/** Who may read metrics. */
export interface MetricsAccess {
  /** To be borne by whoever reads them. */
  token: Secret | undefined;
  /** Whether anybody may where there is no token. */
  isOpen: boolean;
}

/** The variables that say who may read metrics. */
export const metricsVariables = {
  METRICS_TOKEN: z.string().regex(/^\S+$/, 'expected a token without spaces').pipe(secret()).optional().meta({
    description:
      'Bearer token that `/metrics` and the details of readiness ask for. Left out, anybody may read them, with `AUTH=api-key` nobody.',
    example: 'change-me-as-well',
  }),
};

/** Builds the part of the configuration that the variables describe. */
export const toMetricsAccess = (environment: Values<typeof metricsVariables>, isOpen: boolean): MetricsAccess => ({
  token: environment.METRICS_TOKEN,
  isOpen,
});

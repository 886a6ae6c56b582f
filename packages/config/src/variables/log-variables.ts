import { z } from 'zod';

/** The variables that configure logging. */
export const logVariables = {
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .meta({ description: 'Lowest level that is logged: trace, debug, info, warn, error, fatal or silent.' }),
};

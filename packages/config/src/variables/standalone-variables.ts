import { z } from 'zod';

/** The variables that only `bun start` reads. */
export const standaloneVariables = {
  DATA_DIR: z
    .string()
    .default('./.data')
    .meta({ description: 'Directory in which `bun start` keeps the embedded Postgres and the files.' }),
};

import { z } from 'zod';

/** The variables of the one command alone. */
export const standaloneVariables = {
  DATA_DIR: z.string().default('./.data').meta({ description: 'Directory of the embedded parts of `bun start`.' }),
};

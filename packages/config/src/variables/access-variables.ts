import { z } from 'zod';
import type { Values } from '../load-config.ts';
import { Secret } from '../secret.ts';

const secretMinLength = 32;

/** Who may call the API. */
export interface AccessConfig {
  /** `none`: everybody may do everything. */
  auth: 'none' | 'api-key';
  /** The first signs links, each of them is taken; none: links are not signed. */
  linkSecrets: Secret[];
}

/** The variables that say who may call the API. */
export const accessVariables = {
  AUTH: z.enum(['none', 'api-key']).default('none').meta({
    description: '`api-key` asks every caller for a key (`bun run keys`); `none` lets everybody do everything.',
  }),
  LINK_SECRET: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(z.string().min(secretMinLength, `expected ${secretMinLength} characters or more`)))
    .transform((secrets) => secrets.map((value) => new Secret(value)))
    .optional()
    .meta({
      description:
        'With `AUTH=api-key`: signs the links of the action `Share`; left out, there is none. 32 characters or more, such as `openssl rand -hex 32` gives; a second one, behind a comma, is still taken but signs no more.',
    }),
};

/** Builds the part of the configuration that the variables describe. */
export const toAccessConfig = (env: Values<typeof accessVariables>): AccessConfig => ({
  auth: env.AUTH,
  linkSecrets: env.LINK_SECRET ?? [],
});

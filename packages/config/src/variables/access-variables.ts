import { z } from 'zod';
import type { Values } from '../load-config.ts';
import { Secret } from '../secret.ts';

const secretMinLength = 32;

/** The configuration of authentication. */
export interface AccessConfig {
  /** With `none`, every client may do everything. */
  auth: 'none' | 'api-key';
  /** The first signs links; links signed with any of them are accepted. Empty: links are not signed. */
  linkSecrets: Secret[];
}

/** The variables that configure authentication. */
export const accessVariables = {
  AUTH: z.enum(['none', 'api-key']).default('none').meta({
    description:
      'With `api-key`, every request needs an API key (create one with `bun run keys`). With `none`, every client may do everything.',
  }),
  LINK_SECRET: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(z.string().min(secretMinLength, `expected at least ${secretMinLength} characters`)))
    .transform((secrets) => secrets.map((value) => new Secret(value)))
    .optional()
    .meta({
      description:
        'With `AUTH=api-key`: the secret that signs the links of the action `Share`, at least 32 characters (`openssl rand -hex 32`). If unset, there is no such action. To replace it, put the new secret first, then a comma and the old one: links signed with the old one remain valid.',
    }),
};

/** Builds {@link AccessConfig} from the variables. */
export const toAccessConfig = (env: Values<typeof accessVariables>): AccessConfig => ({
  auth: env.AUTH,
  linkSecrets: env.LINK_SECRET ?? [],
});

import { z } from '@hono/zod-openapi';
import type { Secret } from '@thumbnail-api/config';
import type { KeyScope } from '@thumbnail-api/db';
import { nextExpiry, signQuery } from '../access/signed-link.ts';
import { fillPath, type PathName, type Paths } from './paths.ts';

/** A link in a response. */
export const actionSchema = z
  .object({
    name: z.string().meta({ description: 'What the action does.', example: 'View Details' }),
    method: z.enum(['GET', 'POST', 'DELETE']),
    href: z.url().meta({ description: 'An absolute URL.' }),
    type: z.string().meta({
      description: 'The media type of the response for GET, the media type to send for other methods.',
    }),
  })
  .meta({ id: 'Action', description: 'Something that the client can do now.' });

export type Action = z.output<typeof actionSchema>;

/** What the caller may do. Actions that it may not follow are left out. */
export interface Rights {
  scope: KeyScope | 'none';
  /** The types of images that are accepted: of no other one are more thumbnails offered. */
  imageTypes: readonly string[];
  /** Signs links that work without a key. Without it there are no such links. */
  linkSecret: Secret | undefined;
}

/** Builds the links of one response. */
export interface Links {
  /** What every link starts with: scheme and authority, without a trailing slash. */
  base: string;
  href(name: PathName, parameters?: Record<string, string>): string;
  /** A URL that works without a key until it expires; absent when links are not signed for this caller. */
  signedHref?: (name: PathName, parameters: Record<string, string>, version: string) => string;
  /** Says whether an image of this type can still be decoded. */
  decodes(type: string): boolean;
  /** Leaves out the actions that the caller may not follow. */
  allowed(actions: Action[]): Action[];
}

/** Builds the links for a caller with these rights. */
export function createLinks(base: string, paths: Paths, { scope, imageTypes, linkSecret }: Rights): Links {
  return {
    base,
    href: (name, parameters) => base + fillPath(paths[name], parameters),
    ...(linkSecret && {
      signedHref: (name, parameters, version) => {
        const path = fillPath(paths[name], parameters);
        return `${base}${path}?${signQuery({ path, version, expires: nextExpiry() }, linkSecret)}`;
      },
    }),
    decodes: (type) => imageTypes.includes(type),
    allowed: (actions) => actions.filter(({ method }) => scope !== 'none' && (scope !== 'read' || method === 'GET')),
  };
}

const json = 'application/json';

/** An action that is followed with GET; `type` is the media type of the response. */
export const getAction = (name: string, href: string, type = json): Action => ({ name, method: 'GET', href, type });

/** An action that is followed with POST or DELETE; `type` is the media type to send. */
export const sendAction = (name: string, method: 'POST' | 'DELETE', href: string, type = json): Action => ({
  name,
  method,
  href,
  type,
});

/** The OpenAPI link to an operation that takes an `id`, found at `pointer` in the response body. */
export const operationLink = (operationId: string, pointer = '/id') => ({
  operationId,
  parameters: { id: `$response.body#${pointer}` },
});

import { parseArgs } from 'node:util';
import { parseExpiry } from './parse-expiry.ts';

/** A parsed command. */
export type KeysCommand =
  | {
      verb: 'create';
      name: string;
      scope: 'read' | 'write' | 'admin';
      expiresAt: Date | undefined;
      sharedWith: string | undefined;
    }
  | { verb: 'list' }
  | { verb: 'revoke'; key: string };

/** The help text for invalid arguments. */
export const usage = `Usage:
bun run keys create --name <name> --scope read|write|admin [--expires <days>d|<ISO time>] [--shared-with <id or name>|everybody]
bun run keys list
bun run keys revoke <id or name>`;

/** Parses the arguments after `keys`. Returns null if they are invalid. */
export function parseKeysCommand(args: string[]): KeysCommand | null {
  const [verb, ...rest] = args;
  const parsed = parseOptions(rest);
  if (!parsed) return null;
  const { name, scope, expires, 'shared-with': sharedWith } = parsed.values;
  const expiresAt = expires === undefined ? undefined : parseExpiry(expires);
  const [key, ...others] = parsed.positionals;
  const hasOptions = Object.keys(parsed.values).length > 0;
  if (verb === 'create' && name && isScope(scope) && expiresAt !== null && key === undefined) {
    return { verb, name, scope, expiresAt, sharedWith };
  }
  if (verb === 'list' && key === undefined && !hasOptions) return { verb };
  if (verb === 'revoke' && key && others.length === 0 && !hasOptions) return { verb, key };
  return null;
}

const isScope = (text: string | undefined) => text === 'read' || text === 'write' || text === 'admin';

function parseOptions(args: string[]) {
  try {
    const option = { type: 'string' } as const;
    return parseArgs({
      args,
      allowPositionals: true,
      options: { name: option, scope: option, expires: option, 'shared-with': option },
    });
  } catch {
    return null;
  }
}

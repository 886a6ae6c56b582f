import { parseArgs } from 'node:util';

/** A parsed command. */
export type KeysCommand =
  | { verb: 'create'; name: string; scope: 'read' | 'write'; sharedWith: string | undefined }
  | { verb: 'list' }
  | { verb: 'revoke'; key: string };

/** The help text for invalid arguments. */
export const usage = `Usage:
bun run keys create --name <name> --scope read|write [--shared-with <id or name>|everybody]
bun run keys list
bun run keys revoke <id or name>`;

/** Parses the arguments after `keys`. Returns null if they are invalid. */
export function parseKeysCommand(args: string[]): KeysCommand | null {
  const [verb, ...rest] = args;
  const parsed = parseOptions(rest);
  if (!parsed) return null;
  const { name, scope, 'shared-with': sharedWith } = parsed.values;
  const [key, ...others] = parsed.positionals;
  const hasOptions = Object.keys(parsed.values).length > 0;
  if (verb === 'create' && name && (scope === 'read' || scope === 'write') && key === undefined) {
    return { verb, name, scope, sharedWith };
  }
  if (verb === 'list' && key === undefined && !hasOptions) return { verb };
  if (verb === 'revoke' && key && others.length === 0 && !hasOptions) return { verb, key };
  return null;
}

function parseOptions(args: string[]) {
  try {
    const option = { type: 'string' } as const;
    return parseArgs({ args, allowPositionals: true, options: { name: option, scope: option, 'shared-with': option } });
  } catch {
    return null;
  }
}

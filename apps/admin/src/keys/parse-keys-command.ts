import { parseArgs } from 'node:util';

/** What the command is told to do. */
export type Command =
  | { verb: 'create'; name: string; scope: 'read' | 'write'; sharedWith: string | undefined }
  | { verb: 'list' }
  | { verb: 'revoke'; key: string };

/** How it is told. */
export const usage = `bun run keys create --name <name> --scope read|write [--shared-with <id or name>|everybody]
bun run keys list
bun run keys revoke <id or name>`;

/** Understands the words behind the command's name; null for those that are no command. */
export function parseKeysCommand(words: string[]): Command | null {
  const [verb, ...rest] = words;
  const parsed = parseWords(rest);
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

function parseWords(args: string[]) {
  try {
    const option = { type: 'string' } as const;
    return parseArgs({ args, allowPositionals: true, options: { name: option, scope: option, 'shared-with': option } });
  } catch {
    return null;
  }
}

import { createKey, type KeyInfo, listKeys, revokeKey } from '@thumbnail-api/api-keys';
import type { Database } from '@thumbnail-api/db';
import type { Command } from './parse-keys-command.ts';

/** What the command answers with. */
export interface Said {
  /** For standard output: the key alone, or the table, so that a script can take it. */
  output: string;
  /** For standard error: what a person should know. */
  note: string;
}

/** Does what a command says. Throws AppError with a sentence that says what is wrong. */
export async function manageKeys(deps: { database: Database }, command: Command): Promise<Said> {
  if (command.verb === 'list') return { output: table(await listKeys(deps)), note: '' };
  if (command.verb === 'revoke') {
    const { id, name } = await revokeKey(deps, command.key);
    return { output: '', note: `The key ${name} (${id}) lets nobody in any more. What was made with it is kept.` };
  }
  const { id, key } = await createKey(deps, command);
  const note = `This is the key ${command.name} (${id}), scope ${command.scope}. It is shown this once: keep it now.`;
  return { output: key, note };
}

const columns = ['id', 'name', 'scope', 'sees the things of', 'created', 'last used', 'revoked'];

function table(keys: KeyInfo[]): string {
  if (keys.length === 0) return 'There is no key yet.';
  const names = new Map(keys.map(({ id, name }) => [id, name]));
  const rows = keys.map(({ id, name, scope, owner, createdAt, lastUsedAt, revokedAt }) => [
    ...[id, name, scope, owner === id ? 'itself' : (names.get(owner) ?? owner)],
    ...[createdAt, lastUsedAt, revokedAt].map((time) => (time ? `${time.toISOString().slice(0, 16)}Z` : '-')),
  ]);
  const all = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

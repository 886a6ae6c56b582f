import { createKey, type KeyInfo, listKeys, revokeKey } from '@thumbnail-api/api-keys';
import type { Database } from '@thumbnail-api/db';
import type { KeysCommand } from './parse-keys-command.ts';

/** The result of a command. */
export interface KeysResult {
  /** For standard output: only the key or the table, so that scripts can read it. */
  output: string;
  /** For standard error: a message for the user. */
  note: string;
}

/** Executes a parsed command. Throws AppError with a message that says what is wrong. */
export async function manageKeys(deps: { database: Database }, command: KeysCommand): Promise<KeysResult> {
  if (command.verb === 'list') return { output: formatTable(await listKeys(deps)), note: '' };
  if (command.verb === 'revoke') {
    const { id, name } = await revokeKey(deps, command.key);
    return { output: '', note: `The key ${name} (${id}) is revoked. Jobs created with it are kept.` };
  }
  const { id, key } = await createKey(deps, command);
  const expiry = command.expiresAt ? ` It expires on ${command.expiresAt.toISOString()}.` : '';
  const note = `Created the key ${command.name} (${id}) with scope ${command.scope}.${expiry} It is shown only once: store it now.`;
  return { output: key, note };
}

const columns = ['id', 'name', 'scope', 'sees jobs of', 'created', 'last used', 'expires', 'revoked'];

function formatTable(keys: KeyInfo[]): string {
  if (keys.length === 0) return 'There are no keys.';
  const names = new Map(keys.map(({ id, name }) => [id, name]));
  const rows = keys.map(({ id, name, scope, owner, createdAt, lastUsedAt, expiresAt, revokedAt }) => [
    ...[id, name, scope, seenBy({ id, scope, owner }, names)],
    ...[createdAt, lastUsedAt, expiresAt, revokedAt].map((time) =>
      time ? `${time.toISOString().slice(0, 16)}Z` : '-',
    ),
  ]);
  const all = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const formatRow = (row: string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return all.map((row) => formatRow(row).trimEnd()).join('\n');
}

function seenBy({ id, scope, owner }: Pick<KeyInfo, 'id' | 'scope' | 'owner'>, names: Map<string, string>): string {
  if (scope === 'admin') return 'all owners';
  return owner === id ? 'itself' : (names.get(owner) ?? owner);
}

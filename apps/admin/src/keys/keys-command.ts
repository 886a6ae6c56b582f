import { type Environment, keysConfig, loadConfigOrExit } from '@thumbnail-api/config';
import { assertSchema, openDatabase } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { findPostgres } from './find-postgres.ts';
import { manageKeys } from './manage-keys.ts';
import { parseKeysCommand, usage } from './parse-keys-command.ts';

/** Creates, lists or revokes API keys. Returns 0, 64 for invalid arguments, or 1 for a failure. */
export async function runKeysCommand(environment: Environment, args: string[]): Promise<number> {
  const command = parseKeysCommand(args);
  if (!command) {
    process.stderr.write(`${usage}\n`);
    return 64;
  }
  const config = loadConfigOrExit(keysConfig, environment);
  try {
    const database = openDatabase(await findPostgres(config, process.cwd()), 1);
    try {
      await assertSchema(database);
      const { output, note } = await manageKeys({ database }, command);
      if (output) process.stdout.write(`${output}\n`);
      if (note) process.stderr.write(`${note}\n`);
      return 0;
    } finally {
      await database.close();
    }
  } catch (error) {
    const message = error instanceof AppError ? error.publicMessage : error instanceof Error && error.message;
    process.stderr.write(`${message || 'The command failed.'}\n`);
    return 1;
  }
}

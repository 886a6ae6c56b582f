import { keysConfig, loadConfigOrExit } from '@thumbnail-api/config';
import { assertSchema, openDatabase } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { findPostgres } from './find-postgres.ts';
import { manageKeys } from './manage-keys.ts';
import { parseCommand, usage } from './parse-command.ts';

const command = parseCommand(process.argv.slice(2));
if (!command) {
  process.stderr.write(`${usage}\n`);
  process.exit(64);
}
const config = loadConfigOrExit(keysConfig, process.env);

try {
  const database = openDatabase(await findPostgres(config, process.cwd()), 1);
  try {
    await assertSchema(database);
    const { output, note } = await manageKeys({ database }, command);
    if (output) process.stdout.write(`${output}\n`);
    if (note) process.stderr.write(`${note}\n`);
  } finally {
    await database.close();
  }
} catch (error) {
  const known = error instanceof AppError ? error.publicMessage : error instanceof Error && error.message;
  process.stderr.write(`${known || 'The keys cannot be reached.'}\n`);
  process.exitCode = 1;
}

import type { Environment } from '@thumbnail-api/config';

/** Runs one command on the words after its name, and gives the exit status. */
type Command = (environment: Environment, words: string[]) => Promise<number>;

/** Loaded when asked for: `migrate`, which runs at every start, needs no object store. */
const commands: Record<string, () => Promise<Command>> = {
  keys: async () => (await import('./keys/keys-command.ts')).runKeysCommand,
  migrate: async () => (await import('./migrate/migrate-command.ts')).runMigrateCommand,
  sweep: async () => (await import('./sweep/sweep-command.ts')).runSweepCommand,
};
const usage = `Usage: bun apps/admin/src/main.ts <command>\n\nCommands: ${Object.keys(commands).join(', ')}`;

// Every address these commands use is internal: fetch would send even those through HTTP_PROXY.
process.env.NO_PROXY = '*';
process.env.no_proxy = '*';

const [name = '', ...words] = process.argv.slice(2);
const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (load) {
  const run = await load();
  process.exitCode = await run(process.env, words);
} else {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 64;
}

import type { Environment } from '@thumbnail-api/config';

/** Runs one command with the arguments after its name, and returns the exit status. */
type Command = (environment: Environment, args: string[]) => Promise<number>;

/** Each command is loaded only when used: `migrate`, which runs at every start, needs no object store. */
const commands: Record<string, () => Promise<Command>> = {
  keys: async () => (await import('./keys/keys-command.ts')).runKeysCommand,
  migrate: async () => (await import('./migrate/migrate-command.ts')).runMigrateCommand,
  sweep: async () => (await import('./sweep/sweep-command.ts')).runSweepCommand,
  verify: async () => (await import('./verify/verify-command.ts')).runVerifyCommand,
};
const usage = `Usage: bun apps/admin/src/main.ts <command>\n\nCommands: ${Object.keys(commands).join(', ')}`;

// All addresses that these commands use are internal. Without this, fetch would send requests to them through HTTP_PROXY.
process.env.NO_PROXY = '*';
process.env.no_proxy = '*';

const [name = '', ...args] = process.argv.slice(2);
const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (load) {
  const run = await load();
  process.exitCode = await run(process.env, args);
} else {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 64;
}

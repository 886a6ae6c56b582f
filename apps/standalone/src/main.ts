import { join } from 'node:path';
import { ConfigError, configExitCode, hideMemory } from '@thumbnail-api/config';
import { listenForShutdown } from './listen-for-shutdown.ts';
import { readStandaloneConfig, type StandaloneConfig } from './read-standalone-config.ts';
import { runStandalone } from './run-standalone.ts';
import { defaultRestartPolicy } from './supervise.ts';

hideMemory();
const print = (line: string) => process.stdout.write(`${line}\n`);
const reportError = (line: string) => process.stderr.write(`${line}\n`);

// Writing to a closed terminal, or to a pipe whose reader has exited, must not prevent an orderly shutdown.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const shutdown = listenForShutdown(process.env.npm_execpath);
shutdown.requested.addEventListener('abort', () => print('Stopping …'));

const root = join(import.meta.dirname, '../../..');
const app = (name: string) => [process.execPath, '--no-env-file', join(root, 'apps', name, 'src/main.ts')];

const exitCode = await runStandalone(readConfig(), {
  commands: { migrate: [...app('admin'), 'migrate'], api: app('backend-api'), worker: app('backend-worker') },
  environment: process.env,
  directory: root,
  restartPolicy: defaultRestartPolicy,
  waitingNoticeMs: 10_000,
  shutdown,
  print,
  reportError,
});
process.exit(exitCode);

function readConfig(): StandaloneConfig {
  try {
    return readStandaloneConfig(process.env, process.cwd());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    reportError(error.message);
    process.exit(configExitCode);
  }
}

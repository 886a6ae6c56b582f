import { join } from 'node:path';
import { listenForShutdown } from '../../src/listen-for-shutdown.ts';
import { readStandaloneConfig } from '../../src/read-standalone-config.ts';
import { runStandalone } from '../../src/run-standalone.ts';
import { defaultRestartPolicy } from '../../src/supervise.ts';

// `bun start` with a worker whose renderers run an attacker's program.
const root = join(import.meta.dirname, '../../../..');
const program = (path: string) => [process.execPath, '--no-env-file', join(root, 'apps', path)];

process.exit(
  await runStandalone(readStandaloneConfig(process.env, process.cwd()), {
    commands: {
      migrate: [...program('admin/src/main.ts'), 'migrate'],
      api: program('backend-api/src/main.ts'),
      worker: program('backend-worker/test/payload/main.ts'),
    },
    environment: process.env,
    directory: root,
    restartPolicy: defaultRestartPolicy,
    waitingNoticeMs: 10_000,
    shutdown: listenForShutdown(undefined),
    print: (line) => process.stdout.write(`${line}\n`),
    reportError: (line) => process.stderr.write(`${line}\n`),
  }),
);

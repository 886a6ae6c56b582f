import { listenForShutdown } from '../src/listen-for-shutdown.ts';
import { readStandaloneConfig } from '../src/read-standalone-config.ts';
import { runStandalone } from '../src/run-standalone.ts';

/** The argument of this script, as JSON. */
export interface StandInRun {
  environment: Record<string, string>;
  migrate: string[];
  /** How the API reacts to SIGTERM. */
  reaction?: string;
  /** The command of the API. Default: `stand-in-server.ts` on the API's port. */
  api?: string[];
}

// Runs `bun start` with stand-ins for its children.
const run: StandInRun = JSON.parse(process.argv[2] ?? '');
const shutdown = listenForShutdown(undefined);
shutdown.requested.addEventListener('abort', () => process.stdout.write('Stopping …\n'));
const config = readStandaloneConfig(run.environment, process.cwd());
const standIn = ({ port }: { port: number }, reaction: string) => [
  process.execPath,
  '--no-env-file',
  `${import.meta.dirname}/stand-in-server.ts`,
  String(port),
  reaction,
];

process.exit(
  await runStandalone(config, {
    commands: {
      migrate: run.migrate,
      api: run.api ?? standIn(config.api, run.reaction ?? 'prompt'),
      worker: standIn(config.worker, 'prompt'),
    },
    environment: run.environment,
    directory: import.meta.dirname,
    restartPolicy: { firstPauseMs: 20, longestPauseMs: 200, steadyMs: 10_000, stopDeadlineMs: 60_000 },
    waitingNoticeMs: 500,
    shutdown,
    print: (line) => process.stdout.write(`${line}\n`),
    reportError: (line) => process.stderr.write(`${line}\n`),
  }),
);

import { listenForShutdown } from '../src/listen-for-shutdown.ts';
import { readStandaloneConfig } from '../src/read-standalone-config.ts';
import { runStandalone } from '../src/run-standalone.ts';

/** What this script takes as its one argument, as JSON. */
export interface StandInRun {
  environment: Record<string, string>;
  migrate: string[];
  /** How the API takes a SIGTERM. */
  manner?: string;
  /** Default: `stand-in-server.ts` on the API's port. */
  api?: string[];
}

// The one command, with other programs in place of its children.
const run: StandInRun = JSON.parse(process.argv[2] ?? '');
const shutdown = listenForShutdown(undefined);
shutdown.requested.addEventListener('abort', () => process.stdout.write('Ending.\n'));
const config = readStandaloneConfig(run.environment, process.cwd());
const standIn = ({ port }: { port: number }, manner: string) => [
  process.execPath,
  '--no-env-file',
  `${import.meta.dirname}/stand-in-server.ts`,
  String(port),
  manner,
];

process.exit(
  await runStandalone(config, {
    commands: {
      migrate: run.migrate,
      api: run.api ?? standIn(config.api, run.manner ?? 'willing'),
      worker: standIn(config.worker, 'willing'),
    },
    environment: run.environment,
    directory: import.meta.dirname,
    patience: { firstPauseMs: 20, longestPauseMs: 200, steadyMs: 10_000, stopMs: 60_000 },
    readyDeadlineMs: 60_000,
    shutdown,
    say: (line) => process.stdout.write(`${line}\n`),
    reportError: (line) => process.stderr.write(`${line}\n`),
  }),
);

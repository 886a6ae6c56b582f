import { z } from 'zod';
import { defineConfig } from './load-config.ts';
import { type SharedConfig, sharedChecks, sharedVariables, toSharedConfig } from './variables/shared-variables.ts';
import { port, wholeNumber } from './variables/variables.ts';

/** The variables that only the worker reads. */
export const workerVariables = {
  WORKER_PORT: port().default(8181).meta({ description: 'Port that the worker serves health and metrics on.' }),
  WORKER_HOST: z.string().default('127.0.0.1').meta({
    description: 'Address that the worker serves health and metrics on. The container images set it to 0.0.0.0.',
  }),
  WORKER_CONCURRENCY: wholeNumber(1, 256).optional().meta({
    description:
      'Number of jobs processed at the same time, each in its own renderer. If unset, the number of CPU cores plus one, so that all cores render while one job fetches or stores.',
  }),
  RENDER_TIMEOUT_SECONDS: wholeNumber(1, 600).default(30).meta({
    description:
      'Maximum time that a renderer may work on a job, in seconds. Fetching the original may take two fifths of it in addition, and so may storing the thumbnails.',
  }),
  RENDER_MEMORY_BYTES: wholeNumber(64 * 1024 ** 2, 64 * 1024 ** 3)
    .default(768 * 1024 ** 2)
    .meta({ description: 'Maximum memory of one renderer, in bytes.' }),
  RENDERER_SANDBOX: z.enum(['auto', 'required', 'off']).default('auto').meta({
    description:
      'Whether renderers run behind Landlock and seccomp, so that they reach no file, process or network. `auto` uses what the kernel offers, `required` refuses to start where one of the two is missing, and `off` uses neither.',
  }),
  RENDERER_SHARING: z.enum(['all', 'owner', 'task']).default('all').meta({
    description:
      'Which jobs a renderer may work on before it is replaced: `all`; `owner`, those of one owner; `task`, a single one. A compromised renderer can then harm no other owner, or no other job. Each replacement starts a process; one is kept warm.',
  }),
  RETENTION_DAYS: wholeNumber(0, 36_500).default(0).meta({
    description: 'Number of days after which a finished job is deleted, together with its image. 0 keeps all jobs.',
  }),
  ORPHAN_DAYS: wholeNumber(1, 36_500).default(7).meta({
    description:
      'Number of days that an orphan, an object without a row, is kept below `orphans/` before it is erased.',
  }),
  BACKUP_DAYS: wholeNumber(1, 36_500).default(30).meta({
    description:
      'Age of the oldest backup of the database that may be restored, in days. What was deleted since then stays deleted after the restore.',
  }),
};

/** Whether renderers run behind the walls of the kernel. */
export type RendererSandbox = 'auto' | 'required' | 'off';

/** Which jobs a renderer may work on before it is replaced. */
export type RendererSharing = 'all' | 'owner' | 'task';

/** The configuration of the worker. */
export interface WorkerConfig extends SharedConfig {
  listen: { host: string; port: number };
  /** Undefined: the number of CPU cores plus one. */
  concurrency: number | undefined;
  render: { timeoutMs: number; memoryBytes: number; sandbox: RendererSandbox; sharing: RendererSharing };
  /** 0 keeps all jobs. */
  retentionDays: number;
  orphanDays: number;
  backupDays: number;
}

/** Reads {@link WorkerConfig} from an environment. */
export const workerConfig = defineConfig({
  variables: {
    ...workerVariables,
    ...sharedVariables,
  },
  checks: sharedChecks,
  build: (environment): WorkerConfig => ({
    ...toSharedConfig(environment),
    listen: { host: environment.WORKER_HOST, port: environment.WORKER_PORT },
    concurrency: environment.WORKER_CONCURRENCY,
    render: {
      timeoutMs: environment.RENDER_TIMEOUT_SECONDS * 1_000,
      memoryBytes: environment.RENDER_MEMORY_BYTES,
      sandbox: environment.RENDERER_SANDBOX,
      sharing: environment.RENDERER_SHARING,
    },
    retentionDays: environment.RETENTION_DAYS,
    orphanDays: environment.ORPHAN_DAYS,
    backupDays: environment.BACKUP_DAYS,
  }),
});

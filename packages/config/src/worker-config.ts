import { z } from 'zod';
import { defineConfig } from './load-config.ts';
import { type PartsConfig, partChecks, partVariables, toPartsConfig } from './variables/service-variables.ts';
import { port, wholeNumber } from './variables/variables.ts';

/** The variables of the worker alone. */
export const workerVariables = {
  WORKER_PORT: port().default(8181).meta({ description: "Port of the worker's health and metrics." }),
  WORKER_HOST: z
    .string()
    .default('127.0.0.1')
    .meta({ description: 'Address they listen on; the containers set 0.0.0.0.' }),
  WORKER_CONCURRENCY: wholeNumber(1, 256).optional().meta({
    description:
      'Jobs at work at a time, each in a renderer of its own; left out, one more than cores, so that they render while one fetches or stores.',
  }),
  RENDER_TIMEOUT_SECONDS: wholeNumber(1, 600).default(30).meta({
    description:
      'How long one job may keep a renderer; two fifths of it are for fetching the original, and as much for storing.',
  }),
  RENDER_MEMORY_BYTES: wholeNumber(64 * 1024 ** 2, 64 * 1024 ** 3)
    .default(768 * 1024 ** 2)
    .meta({ description: 'How much memory one renderer may use, in bytes.' }),
  RETENTION_DAYS: wholeNumber(0, 36_500)
    .default(0)
    .meta({ description: 'Days after which a job that has ended is erased, with its image; 0 keeps everything.' }),
};

/** What the worker is told at its start. */
export interface WorkerConfig extends PartsConfig {
  listen: { host: string; port: number };
  /** Absent: one more than cores. */
  concurrency: number | undefined;
  render: { timeoutMs: number; memoryBytes: number };
  /** 0 keeps every job. */
  retentionDays: number;
}

/** Reads {@link WorkerConfig} from an environment. */
export const workerConfig = defineConfig({
  variables: {
    ...workerVariables,
    ...partVariables,
  },
  checks: partChecks,
  build: (environment): WorkerConfig => ({
    ...toPartsConfig(environment),
    listen: { host: environment.WORKER_HOST, port: environment.WORKER_PORT },
    concurrency: environment.WORKER_CONCURRENCY,
    render: {
      timeoutMs: environment.RENDER_TIMEOUT_SECONDS * 1_000,
      memoryBytes: environment.RENDER_MEMORY_BYTES,
    },
    retentionDays: environment.RETENTION_DAYS,
  }),
});

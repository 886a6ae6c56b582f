export { type ApiConfig, apiConfig } from './api-config.ts';
export { hideMemory } from './hide-memory.ts';
export { isSameSecret } from './is-same-secret.ts';
export { type KeysConfig, keysConfig } from './keys-config.ts';
export {
  type ConfigDefinition,
  ConfigError,
  defineConfig,
  type Environment,
  loadConfig,
  type Values,
  type Variables,
} from './load-config.ts';
export { configExitCode, loadConfigOrExit } from './load-config-or-exit.ts';
export { type MigrateConfig, migrateConfig } from './migrate-config.ts';
export { Secret } from './secret.ts';
export { type SweepConfig, sweepConfig } from './sweep-config.ts';
export type { AccessConfig } from './variables/access-variables.ts';
export { checkDownload } from './variables/download-variables.ts';
export type { ImageLimits } from './variables/image-variables.ts';
export type { MetricsAccess } from './variables/metrics-variables.ts';
export { type PostgresConfig, postgresVariables, toPostgresConfig } from './variables/postgres-variables.ts';
export { checkQueue, type QueueConfig, queueVariables, toQueueConfig } from './variables/queue-variables.ts';
export { checkRateLimits, type RateLimits } from './variables/rate-limit-variables.ts';
export { standaloneVariables } from './variables/standalone-variables.ts';
export { checkStorage, type StorageConfig, storageVariables, toStorageConfig } from './variables/storage-variables.ts';
export { type VariableGroup, variableGroups } from './variables/variable-groups.ts';
export { flag, host, httpUrl, port, secret, wholeNumber } from './variables/variables.ts';
export { type RendererSandbox, type RendererSharing, type WorkerConfig, workerConfig } from './worker-config.ts';

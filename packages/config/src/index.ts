export type { AccessConfig } from './access-variables.ts';
export { type ApiConfig, apiConfig } from './api-config.ts';
export { checkDownload } from './download-variables.ts';
export type { ImageLimits } from './image-variables.ts';
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
export type { MetricsAccess } from './metrics-variables.ts';
export { type MigrateConfig, migrateConfig } from './migrate-config.ts';
export { type PostgresConfig, postgresVariables, toPostgresConfig } from './postgres-variables.ts';
export { checkQueue, type QueueConfig, queueVariables, toQueueConfig } from './queue-variables.ts';
export { checkRateLimits, type RateLimits } from './rate-limit-variables.ts';
export { Secret } from './secret.ts';
export { standaloneVariables } from './standalone-variables.ts';
export { checkStorage, type StorageConfig, storageVariables, toStorageConfig } from './storage-variables.ts';
export { type SweepConfig, sweepConfig } from './sweep-config.ts';
export { type VariableGroup, variableGroups } from './variable-groups.ts';
export { flag, host, httpUrl, port, secret, wholeNumber } from './variables.ts';
export { type WorkerConfig, workerConfig } from './worker-config.ts';

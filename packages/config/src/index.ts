export { ConfigError, configExitCode, type Environment, loadConfig } from './load-config.ts';
export { loadConfigOrExit } from './load-config-or-exit.ts';
export { type PostgresConfig, postgresVariables, toPostgresConfig } from './postgres-variables.ts';
export { type QueueConfig, queueVariables, refineQueue, toQueueConfig } from './queue-variables.ts';
export { Secret } from './secret.ts';
export { refineStorage, type StorageConfig, storageVariables, toStorageConfig } from './storage-variables.ts';
export { flag, host, httpUrl, port, secret, wholeNumber } from './variables.ts';

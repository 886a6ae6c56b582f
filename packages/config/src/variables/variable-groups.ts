import { apiVariables, presetVariables } from '../api-config.ts';
import type { Variables } from '../load-config.ts';
import { migrateVariables } from '../migrate-config.ts';
import { workerVariables } from '../worker-config.ts';
import { imageVariables } from './image-variables.ts';
import { logVariables } from './log-variables.ts';
import { metricsVariables } from './metrics-variables.ts';
import { postgresVariables } from './postgres-variables.ts';
import { queueVariables } from './queue-variables.ts';
import { standaloneVariables } from './standalone-variables.ts';
import { storageVariables } from './storage-variables.ts';

/** A section of the configuration reference. */
export interface VariableGroup {
  title: string;
  variables: Variables;
}

/** Every variable of the service, in the order of the configuration reference. */
export const variableGroups: VariableGroup[] = [
  { title: 'API', variables: apiVariables },
  { title: 'Worker', variables: workerVariables },
  { title: 'Images', variables: { ...imageVariables, ...presetVariables } },
  { title: 'Postgres (if unset, `bun start` embeds one)', variables: { ...postgresVariables, ...migrateVariables } },
  { title: 'Queue (if unset, `bun start` keeps it in Postgres)', variables: queueVariables },
  { title: 'Object store (if unset, `bun start` keeps files)', variables: storageVariables },
  { title: 'General', variables: { ...logVariables, ...metricsVariables, ...standaloneVariables } },
];

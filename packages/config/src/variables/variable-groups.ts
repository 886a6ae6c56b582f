import { apiVariables, presetVariables } from '../api-config.ts';
import type { Variables } from '../load-config.ts';
import { workerVariables } from '../worker-config.ts';
import { imageVariables } from './image-variables.ts';
import { logVariables } from './log-variables.ts';
import { metricsVariables } from './metrics-variables.ts';
import { postgresVariables } from './postgres-variables.ts';
import { queueVariables } from './queue-variables.ts';
import { standaloneVariables } from './standalone-variables.ts';
import { storageVariables } from './storage-variables.ts';

/** Variables that belong together, for the documentation. */
export interface VariableGroup {
  title: string;
  variables: Variables;
}

/** Every variable of the service, in the order in which people look for them. */
export const variableGroups: VariableGroup[] = [
  { title: 'API', variables: apiVariables },
  { title: 'Worker', variables: workerVariables },
  { title: 'Pictures', variables: { ...imageVariables, ...presetVariables } },
  { title: 'Postgres: left out, `bun start` embeds one', variables: postgresVariables },
  { title: 'Queue: left out, `bun start` keeps it in Postgres', variables: queueVariables },
  { title: 'Objects: left out, `bun start` keeps files', variables: storageVariables },
  { title: 'Everything', variables: { ...logVariables, ...metricsVariables, ...standaloneVariables } },
];

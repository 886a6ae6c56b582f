import {
  checkStorage,
  defineConfig,
  type Environment,
  loadConfigOrExit,
  storageVariables,
  toStorageConfig,
} from '@thumbnail-api/config';
import { type ObjectStore, openStore } from '@thumbnail-api/storage';

const rendererConfig = defineConfig({ variables: storageVariables, checks: [checkStorage], build: toStorageConfig });

/** Opens the one thing that a renderer knows; ends the process with 78 where the environment does not name it. */
export const openRendererStore = (environment: Environment): ObjectStore =>
  openStore(loadConfigOrExit(rendererConfig, environment));

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

/** Opens the object store, a renderer's only dependency. Exits with status 78 if the environment does not name one. */
export const openRendererStore = (environment: Environment): ObjectStore =>
  openStore(loadConfigOrExit(rendererConfig, environment));

import type { StorageConfig } from '@thumbnail-api/config';
import { openFilesystemStore } from './filesystem-store.ts';
import type { ObjectStore } from './object-store.ts';
import { openS3Store } from './s3-store.ts';

/** Opens the store that the configuration names; whoever opens it closes it. Nothing is sent before it is used. */
export const openStore = (config: StorageConfig): ObjectStore =>
  config.kind === 's3' ? openS3Store(config) : openFilesystemStore(config.directory);

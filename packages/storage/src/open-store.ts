import type { StorageConfig } from '@thumbnail-api/config';
import { openFilesystemStore } from './filesystem/filesystem-store.ts';
import type { ObjectStore } from './object-store.ts';
import { s3Deadlines } from './s3/s3-client.ts';
import { openS3Store } from './s3/s3-store.ts';

/**
 * Opens the store that the configuration names; whoever opens it closes it. Nothing is sent before it is used.
 *
 * @param publicEndpoint the S3 server as clients reach it, where that is another address
 */
export const openStore = (config: StorageConfig, publicEndpoint?: string): ObjectStore =>
  config.kind === 's3' ? openS3Store(config, s3Deadlines, publicEndpoint) : openFilesystemStore(config.directory);

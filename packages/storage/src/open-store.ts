import type { StorageConfig } from '@thumbnail-api/config';
import { openFilesystemStore } from './filesystem/filesystem-store.ts';
import type { ObjectStore } from './object-store.ts';
import { s3Deadlines } from './s3/s3-client.ts';
import { openS3Store } from './s3/s3-store.ts';

/**
 * Opens the configured store. The first call connects. The caller closes it.
 *
 * @param publicEndpoint the address of the S3 server for clients, if it differs from the one in `config`
 */
export const openStore = (config: StorageConfig, publicEndpoint?: string): ObjectStore =>
  config.kind === 's3' ? openS3Store(config, s3Deadlines, publicEndpoint) : openFilesystemStore(config.directory);

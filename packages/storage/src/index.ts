export type { ByteSource } from './byte-source.ts';
export { openFilesystemStore } from './filesystem/filesystem-store.ts';
export {
  assertObjectKey,
  contentVersion,
  installationKey,
  installationsPrefix,
  type KeySubject,
  originalKey,
  parseObjectKey,
  thumbnailKey,
  thumbnailPrefix,
} from './object-key.ts';
export type { ByteRange, CallOptions, ObjectInfo, ObjectStore, PresignOptions, StoredObject } from './object-store.ts';
export { openStore } from './open-store.ts';
export { probeStore } from './probe-store.ts';
export { openS3Store } from './s3/s3-store.ts';

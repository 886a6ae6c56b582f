export type { ByteSource } from './byte-source.ts';
export { ContentDigest } from './content/content-digest.ts';
export { type ObjectContent, storageDamaged } from './content/object-content.ts';
export { verifyBody } from './content/verify-body.ts';
export { verifyBytes } from './content/verify-bytes.ts';
export { openFilesystemStore } from './filesystem/filesystem-store.ts';
export {
  assertObjectKey,
  contentVersion,
  deletionKey,
  deletionsPrefix,
  installationKey,
  installationsPrefix,
  type KeySubject,
  originalKey,
  parseObjectKey,
  quarantineKey,
  quarantinePrefix,
  thumbnailKey,
  thumbnailPrefix,
} from './object-key.ts';
export type {
  ByteRange,
  CallOptions,
  DeleteFailure,
  ObjectInfo,
  ObjectStore,
  PresignOptions,
  StoredObject,
} from './object-store.ts';
export { openStore } from './open-store.ts';
export { probeStore } from './probe-store.ts';
export { openS3Store } from './s3/s3-store.ts';

import type { AppError } from '@thumbnail-api/errors';
import type { ByteSource } from './byte-source.ts';

/** An object without its bytes. */
export interface ObjectInfo {
  key: string;
  /** The size in bytes. */
  bytes: number;
  /** When the object was stored, by the store's own clock. S3 rounds it to seconds. */
  modifiedAt: Date;
}

/**
 * An object with its bytes. The caller must read `body` to its end or cancel it, because it holds a connection or file.
 */
export interface StoredObject extends ObjectInfo {
  /** The media type given to `put`. */
  type: string;
  /** Reads ahead by at most one chunk, so a slow reader slows down the store. Fails when bytes are missing. */
  body: ReadableStream<Uint8Array>;
}

/** The first and the last byte to read, both counted from 0 and both included (RFC 9110, 14.1.2). */
export interface ByteRange {
  first: number;
  last: number;
}

/** An object that the store answered it cannot delete, for example because it is locked. */
export interface DeleteFailure {
  key: string;
  /** `storage_unavailable`, with the reason in its cause. */
  error: AppError;
}

/** The options of every call. */
export interface CallOptions {
  /** Aborts the call and the reading of its body, which then throw the reason of the signal. */
  signal?: AbortSignal;
}

/** What a presigned URL permits, and for how long. */
export interface PresignOptions extends CallOptions {
  method: 'GET' | 'HEAD';
  /** The `Content-Type` of the response. */
  type: string;
  /** The `Content-Disposition` of the response. */
  disposition: string;
  /** How long the URL is valid, in seconds from now. */
  validSeconds: number;
}

/**
 * Stores bytes under keys. Implemented on S3 and on a directory; both pass the contract suite in `test/contract`.
 *
 * Every method throws AppError `storage_unavailable`, retryable, when the store is unavailable, fails or exceeds its
 * deadline. `find` and `read` throw `storage_damaged` when the stored file is not a whole object, which only the store on a
 * directory can tell. Foreign errors never leave this package. Keys come from `object-key.ts`. An invalid key, range, limit or
 * media type is a plain Error, because it is a mistake of the caller.
 */
export interface ObjectStore {
  /**
   * Stores all of `body` under `key`, or nothing. It replaces an existing object. A reader never sees a partial object,
   * and a source is never held in memory as a whole.
   *
   * The body is read to its end or cancelled, and an error of the body is thrown unchanged. When the last response of
   * the store is lost, or the abort comes after the last byte, the whole object may be stored although the call throws.
   */
  put(key: string, body: ByteSource | Uint8Array, type: string, options?: CallOptions): Promise<void>;
  /**
   * Returns an object with its bytes, or null when there is none.
   *
   * With a range, `bytes` is still the size of the whole object, and `body` has the bytes of the range that exist. It
   * is empty when the range starts after the end.
   */
  find(key: string, options?: CallOptions & { range?: ByteRange }): Promise<StoredObject | null>;
  /**
   * Returns all bytes of an object, or null when there is none. It is faster than {@link ObjectStore.find}, but holds
   * the whole object in memory: use it only for objects of a bounded size.
   */
  read(key: string, options?: CallOptions): Promise<Buffer<ArrayBuffer> | null>;
  /** Returns an object without its bytes, or null when there is none. */
  head(key: string, options?: CallOptions): Promise<ObjectInfo | null>;
  /**
   * Moves an object to another key, where it replaces an existing one, and gives it a fresh `modifiedAt`. Returns false
   * when there is none. A crash in between may leave the object under both keys, never under neither.
   */
  move(from: string, to: string, options?: CallOptions): Promise<boolean>;
  /** Deletes an object. Does nothing when there is none. */
  delete(key: string, options?: CallOptions): Promise<void>;
  /**
   * Deletes any number of objects, many with each request. Does nothing for a key without an object.
   *
   * @returns the objects that the store refused to delete; all others are deleted
   */
  deleteMany(keys: readonly string[], options?: CallOptions): Promise<DeleteFailure[]>;
  /**
   * Lists at most `limit` objects (1-1000) whose key starts with `prefix` and sorts after `after`, which need not
   * exist. The order is that of the keys by code unit. Fewer than `limit` objects mean that there are no more.
   */
  list(prefix: string, options: CallOptions & { limit: number; after?: string }): Promise<ObjectInfo[]>;
  /**
   * Returns a URL that gives access to one object without credentials. It does not check that the object exists. Only a
   * store that clients can reach has this method.
   */
  presign?(key: string, options: PresignOptions): Promise<string>;
  /** Returns when the store answers and grants access; throws otherwise. */
  check(options?: CallOptions): Promise<void>;
  /** Closes every connection. */
  close(): void;
}

/** An object as the store describes it, without its bytes. */
export interface ObjectInfo {
  key: string;
  /** Size in bytes. */
  bytes: number;
  /** When the store, by its own clock, took it. */
  modifiedAt: Date;
}

/** An object with its bytes; whoever gets it reads `body` to its end or cancels it. */
export interface StoredObject extends ObjectInfo {
  /** The media type given at `put`. */
  type: string;
  body: ReadableStream<Uint8Array>;
}

/** The first and the last byte wanted, both counted from 0 and both included (RFC 9110, 14.1.2). */
export interface ByteRange {
  first: number;
  last: number;
}

/** What every call may be given. */
export interface CallOptions {
  /** Ends the call, its body included; the call then throws the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Keeps bytes under keys. Two stores pass one contract suite (`contract.ts`): S3 and a directory.
 *
 * Every method throws AppError `storage_unavailable` (retryable) when the store cannot be reached, answers with a fault
 * of its own or lets its deadline pass; foreign errors never leave this package. A key is what `object-key.ts` makes.
 */
export interface ObjectStore {
  /**
   * Keeps the whole of `body` under `key`, or nothing: a body that throws or a call that is aborted leaves no object,
   * and a key is never seen half written. An existing object is replaced. Streams are never held whole in memory.
   */
  put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, type: string, options?: CallOptions): Promise<void>;
  /** The object and its bytes, or the part of them in `range` (`bytes` stays the whole size); null when there is none. */
  find(key: string, options?: CallOptions & { range?: ByteRange }): Promise<StoredObject | null>;
  /** What the store knows of an object; null when there is none. */
  head(key: string, options?: CallOptions): Promise<ObjectInfo | null>;
  /** Removes an object; removing what is not there is no error. */
  delete(key: string, options?: CallOptions): Promise<void>;
  /** At most `limit` objects (1-1000) whose key starts with `prefix`, in the order of their keys, beginning behind `after`. */
  list(prefix: string, options: CallOptions & { limit: number; after?: string }): Promise<ObjectInfo[]>;
  /** Returns when the store answers and lets this caller in; throws otherwise. */
  check(options?: CallOptions): Promise<void>;
  /** Lets go of every connection. */
  close(): void;
}

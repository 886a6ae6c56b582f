import type { ByteSource } from './byte-source.ts';

/** An object as the store describes it, without its bytes. */
export interface ObjectInfo {
  key: string;
  /** Size in bytes. */
  bytes: number;
  /** When the store, by its own clock, took it; S3 counts whole seconds. */
  modifiedAt: Date;
}

/** An object with its bytes; whoever gets it reads `body` to its end or cancels it, else its connection or file stays open. */
export interface StoredObject extends ObjectInfo {
  /** The media type given at `put`. */
  type: string;
  /** Read ahead by no more than a chunk, so a slow reader holds the store back; ends with an error where bytes are missing. */
  body: ReadableStream<Uint8Array>;
}

/** The first and the last byte wanted, both counted from 0 and both included (RFC 9110, 14.1.2). */
export interface ByteRange {
  first: number;
  last: number;
}

/** What every call may be given. */
export interface CallOptions {
  /** Ends the call, its body included; the call, or the reading of its body, then throws the signal's reason. */
  signal?: AbortSignal;
}

/** What a presigned URL gives. */
export interface PresignOptions extends CallOptions {
  method: 'GET' | 'HEAD';
  /** The `Content-Type` and the `Content-Disposition` of the answer. */
  type: string;
  disposition: string;
  /** From now on. */
  validSeconds: number;
}

/**
 * Keeps bytes under keys. Two stores pass one contract suite (`contract.ts`): S3 and a directory.
 *
 * Every method throws AppError `storage_unavailable` (retryable) when the store cannot be reached, answers with a fault
 * of its own or lets its deadline pass; foreign errors never leave this package. A key is what `object-key.ts` makes;
 * another one, or a range, limit or media type that cannot be, is a plain Error: a fault of the program.
 */
export interface ObjectStore {
  /**
   * Keeps the whole of `body` under `key`, or nothing: a body that throws or a call that is aborted leaves no object,
   * and a key is never seen half written. An existing object is replaced. A source is never held whole in memory.
   *
   * The body is read to its end or cancelled, and an error of its own comes out unchanged. Where the store's last answer
   * is lost, or the abort comes after the last byte, the object may be there although the call threw: whole.
   */
  put(key: string, body: ByteSource | Uint8Array, type: string, options?: CallOptions): Promise<void>;
  /**
   * The object and its bytes, or the part of them in `range`; null when there is none.
   *
   * With a range, `bytes` stays the whole size, `body` holds those of the wanted bytes that exist, and none when the range
   * begins behind the end.
   */
  find(key: string, options?: CallOptions & { range?: ByteRange }): Promise<StoredObject | null>;
  /**
   * All bytes of an object at once; null when there is none. Costs less than {@link ObjectStore.find}, but nothing holds the
   * store back: for objects whose size is known to be bearable.
   */
  read(key: string, options?: CallOptions): Promise<Buffer<ArrayBuffer> | null>;
  /** What the store knows of an object; null when there is none. */
  head(key: string, options?: CallOptions): Promise<ObjectInfo | null>;
  /** Removes an object; removing what is not there is no error. */
  delete(key: string, options?: CallOptions): Promise<void>;
  /**
   * At most `limit` objects (1-1000) whose key starts with `prefix`, in the order of their keys by code unit, beginning
   * behind `after`, which need not exist. Fewer than `limit` means that there are no more.
   */
  list(prefix: string, options: CallOptions & { limit: number; after?: string }): Promise<ObjectInfo[]>;
  /**
   * A URL under which anybody gets the object, whether it is there or not, for `validSeconds`. Only a store that clients can
   * reach has it.
   */
  presign?(key: string, options: PresignOptions): Promise<string>;
  /** Returns when the store answers and lets this caller in; throws otherwise. */
  check(options?: CallOptions): Promise<void>;
  /** Lets go of every connection. */
  close(): void;
}

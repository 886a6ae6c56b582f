import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { ObjectStore, StoredObject } from '../../src/object-store.ts';

/** An open store, and access to what it hides. */
export interface OpenedStore {
  store: ObjectStore;
  /** Lists what is stored for a key although there is no object: temporary files, parts of an upload. */
  leftovers(key: string): Promise<string[]>;
}

/** The traces of a key under which nothing is stored. */
export const noTraces = { head: null, leftovers: [] };

/** The store of a contract suite. It is open while tests run. */
export class StoreUnderTest {
  #opened: OpenedStore | undefined;

  get store(): ObjectStore {
    return this.#get().store;
  }

  async open(open: () => Promise<OpenedStore>): Promise<void> {
    this.#opened = await open();
  }

  close(): void {
    this.#opened?.store.close();
  }

  leftovers(key: string): Promise<string[]> {
    return this.#get().leftovers(key);
  }

  /** Returns everything that is stored for a key. */
  async traces(key: string) {
    return { head: await this.store.head(key), leftovers: await this.leftovers(key) };
  }

  /** Finds an object; fails the test when there is none. */
  async find(key: string, options?: Parameters<ObjectStore['find']>[1]): Promise<StoredObject> {
    const found = await this.store.find(key, options);
    expect(found).not.toBeNull();
    return found as StoredObject;
  }

  newKey(): string {
    return `originals/${randomUUID()}`;
  }

  #get(): OpenedStore {
    if (!this.#opened) throw new Error('the store is not open');
    return this.#opened;
  }
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeArguments } from './describe-arguments.ts';
import { describeDeleteAndList } from './describe-delete-and-list.ts';
import { describeFailures } from './describe-failures.ts';
import { describePutAndFind } from './describe-put-and-find.ts';
import { type OpenedStore, StoreUnderTest } from './store-under-test.ts';

/**
 * Defines the tests that every `ObjectStore` must pass.
 *
 * It calls `open` once and closes the store at the end. It uses keys of its own and may leave objects behind.
 */
export function describeObjectStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} fulfils the contract of an object store:`, () => {
    const subject = new StoreUnderTest();
    beforeAll(() => subject.open(open));
    afterAll(() => subject.close());

    describePutAndFind(subject);
    describeDeleteAndList(subject);
    describeFailures(subject);
    describeArguments(subject);

    test('check succeeds', async () => {
      await expect(subject.store.check()).resolves.toBeUndefined();
    });
  });
}

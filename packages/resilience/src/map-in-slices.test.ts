import { expect, test } from 'vitest';
import { mapInSlices } from './map-in-slices.ts';

const busy = () => {
  const startedAt = performance.now();
  while (performance.now() - startedAt < 2);
};

test('maps every item in order', async () => {
  expect(await mapInSlices([3, 1, 2], (item) => item * 2)).toEqual([6, 2, 4]);
  expect(await mapInSlices([], busy)).toEqual([]);
});

test('other work runs in between, however many items there are', async () => {
  const order: string[] = [];
  const mapped = mapInSlices([1, 2, 3], (item) => {
    busy();
    order.push(`item ${item}`);
  });
  setImmediate(() => order.push('other'));
  await mapped;
  expect(order.indexOf('other')).toBeLessThan(order.indexOf('item 3'));
});

import { expect, test, vi } from 'vitest';
import type { Logger } from './create-logger.ts';
import { createRegistry } from './create-registry.ts';
import { ObjectFaults } from './object-faults.ts';

const open = () => {
  const registry = createRegistry();
  const error = vi.fn();
  return { registry, error, log: { error } as unknown as Logger, faults: new ObjectFaults(registry) };
};
const missing = { fault: 'missing', kind: 'original' } as const;

test('every fault has a series at 0 before it happens', async () => {
  const { registry, faults } = open();
  const text = await registry.metrics();
  for (const fault of ['missing', 'damaged'])
    for (const kind of ['original', 'thumbnail'])
      expect(text).toContain(`thumbnails_object_faults_total{fault="${fault}",kind="${kind}"} 0`);
  expect(faults.list()).toEqual([]);
});

test('counts each fault, and logs one line a minute for each sort of fault', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { registry, error, log, faults } = open();
  for (const key of ['originals/1', 'originals/2', 'originals/3']) faults.record({ ...missing, key }, log);
  faults.record({ fault: 'damaged', kind: 'thumbnail', key: 'thumbnails/1' }, log);
  vi.advanceTimersByTime(60_000);
  faults.record({ ...missing, key: 'originals/4' }, log);
  vi.useRealTimers();
  expect(error.mock.calls.map(([fields]) => fields)).toEqual([
    { kind: 'original', key: 'originals/1', count: 1 },
    { kind: 'thumbnail', key: 'thumbnails/1', count: 1 },
    { kind: 'original', key: 'originals/4', count: 4 },
  ]);
  expect(faults.list()).toMatchObject([
    { ...missing, count: 4, latestAt: expect.stringMatching(/Z$/) },
    { fault: 'damaged', kind: 'thumbnail', count: 1 },
  ]);
  expect(await registry.metrics()).toContain('thumbnails_object_faults_total{fault="missing",kind="original"} 4');
});

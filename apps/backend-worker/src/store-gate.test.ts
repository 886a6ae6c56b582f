import type { Logger } from '@thumbnail-api/telemetry';
import { waitUntil } from '@thumbnail-api/testing';
import { expect, test } from 'vitest';
import { WorkerStopping } from './deps.ts';
import { probePauseMs, StoreGate } from './store-gate.ts';

/** A gate on a store that works or not, as `isUp` says. */
function openGate() {
  const lines: string[] = [];
  const write = (_: object, line: string) => void lines.push(line);
  const seen = { isUp: true, probes: 0, outages: 0, lines };
  const gate = new StoreGate({
    probe: async () => {
      seen.probes += 1;
      await Bun.sleep(1);
      if (!seen.isUp) throw new Error('refused');
    },
    pauseMs: () => 5,
    onOutage: () => {
      seen.outages += 1;
    },
    log: { error: write, info: write } as unknown as Logger,
  });
  return { gate, seen };
}

/** Whether a promise has settled by the end of the current tasks. */
const isPending = async (promise: Promise<unknown>) =>
  (await Promise.race([promise.then(() => 'settled'), Bun.sleep(0).then(() => 'pending')])) === 'pending';

test('stays open while probes succeed: the object alone is at fault', async () => {
  const { gate, seen } = openGate();
  expect(await gate.isStoreDown()).toBe(false);
  await gate.pass();
  expect([gate.isClosed, seen.outages, seen.lines]).toEqual([false, 0, []]);
});

test('closes when a probe fails, holds up messages, and opens when a probe succeeds; says so once each', async () => {
  const { gate, seen } = openGate();
  seen.isUp = false;
  expect(await gate.isStoreDown()).toBe(true);
  const passing = [gate.pass(), gate.pass()];
  await waitUntil('it has probed again', async () => seen.probes > 3);
  expect(await Promise.all(passing.map(isPending))).toEqual([true, true]);
  expect([await gate.isStoreDown(), gate.isClosed]).toEqual([true, true]);
  seen.isUp = true;
  await Promise.all(passing);
  await gate.pass();
  expect([gate.isClosed, seen.outages]).toEqual([false, 1]);
  expect(seen.lines.map((line) => line.split(',')[0])).toEqual(['object store unavailable', 'object store recovered']);
});

test('runs that fail together share one probe', async () => {
  const { gate, seen } = openGate();
  expect(await Promise.all(Array.from({ length: 8 }, () => gate.isStoreDown()))).toEqual(Array(8).fill(false));
  expect(seen.probes).toBe(1);
  await gate.isStoreDown();
  expect(seen.probes).toBe(2);
});

test('stopping rejects the messages that wait, and ends the probing', async () => {
  const { gate, seen } = openGate();
  seen.isUp = false;
  await gate.isStoreDown();
  const passing = gate.pass();
  gate.stop();
  await expect(passing).rejects.toBeInstanceOf(WorkerStopping);
  await Bun.sleep(10);
  const { probes } = seen;
  await Bun.sleep(30);
  expect(seen.probes).toBe(probes);
});

test('a stopped gate lets a draining worker claim, and still tells an outage from a failure', async () => {
  const { gate, seen } = openGate();
  gate.stop();
  await gate.pass();
  seen.isUp = false;
  expect([await gate.isStoreDown(), gate.isClosed, seen.outages]).toEqual([true, false, 0]);
  await gate.pass();
});

test('the pause between probes grows to five seconds', () => {
  const pauses = [1, 2, 3, 4, 20].map(probePauseMs);
  const ceilings = [500, 1_000, 2_000, 4_000, 5_000];
  expect(pauses.every((pause, at) => pause >= (ceilings[at] ?? 0) / 2 && pause <= (ceilings[at] ?? 0))).toBe(true);
});

import { checkHistory, type Verdict } from '../checker/check-history.ts';
import type { Upload } from '../checker/history.ts';
import { readState } from '../checker/read-state.ts';
import { sendPicture } from '../stack/send-picture.ts';
import { drain } from './drain.ts';
import { pickNetworkTrouble, type Trouble } from './network-faults.ts';
import { pickProcessTrouble } from './process-faults.ts';
import { type Random, seedRandom } from './random.ts';
import { readSlowest, type SlowestJob } from './read-slowest.ts';
import type { Scene } from './scene.ts';

/** What a run came to. */
export interface ChaosReport {
  uploads: Upload[];
  /** How often each trouble struck. */
  troubles: Map<string, number>;
  verdict: Verdict;
  /** How the jobs ended, by status and code. */
  ends: Map<string, number>;
  /** The job that took longest to its end. */
  slowest: SlowestJob;
  /** From the moment all was healed until nothing was left to do. */
  drainedMs: number;
}

const uploadersCount = 6;

/** Sends uploads while things break at random, heals, drains and compares. */
export async function runChaos(
  scene: Scene,
  { seconds, seed }: { seconds: number; seed: number },
): Promise<ChaosReport> {
  const end = performance.now() + seconds * 1_000;
  const uploads = [scene.first];
  const troubles = new Map<string, number>();

  const upload = async (random: Random) => {
    while (performance.now() < end) {
      const api = random.pick(scene.apis).current();
      uploads.push(await sendPicture(api, { good: random.next() > 0.1, timeoutMs: 6_000 }));
      await Bun.sleep(random.between(20, 200));
    }
  };
  const breakThings = async (pick: (scene: Scene, random: Random) => Trouble, random: Random) => {
    while (performance.now() < end) {
      await Bun.sleep(random.between(400, 2_000));
      const { name, strike, forMs } = pick(scene, random);
      troubles.set(name, (troubles.get(name) ?? 0) + 1);
      const heal = await strike().catch(() => async () => undefined);
      await Bun.sleep(Math.min(forMs, Math.max(0, end - performance.now())));
      await heal();
    }
  };
  await Promise.all([
    breakThings(pickNetworkTrouble, seedRandom(seed)),
    breakThings(pickProcessTrouble, seedRandom(seed + 1)),
    ...Array.from({ length: uploadersCount }, (_, index) => upload(seedRandom(seed + 2 + index))),
  ]);
  const healedAt = performance.now();
  await drain(scene.stack);
  const drainedMs = performance.now() - healedAt;

  const state = await readState(scene.stack.sql, scene.stack.bucket);
  const ends = Map.groupBy(state.jobs, ({ status, errorCode }) => errorCode ?? status);
  return {
    uploads,
    troubles,
    verdict: checkHistory(uploads, state),
    ends: new Map([...ends].map(([name, jobs]) => [name, jobs.length])),
    slowest: await readSlowest(scene.stack.sql),
    drainedMs,
  };
}

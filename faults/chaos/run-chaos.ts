import { checkHistory, type Verdict } from '../checker/check-history.ts';
import { readState } from '../checker/read-state.ts';
import { sendImage, type Upload } from '../stack/send-image.ts';
import { type Disruption, pickNetworkDisruption } from './pick-network-disruption.ts';
import { pickProcessDisruption } from './pick-process-disruption.ts';
import { readSlowestJob, type SlowestJob } from './read-slowest-job.ts';
import { type Random, seedRandom } from './seed-random.ts';
import type { Fleet } from './start-fleet.ts';
import { quarantineOrphans, waitUntilSettled } from './wait-until-settled.ts';

/** The result of a chaos run. */
export interface ChaosReport {
  uploads: Upload[];
  /** How often each disruption happened, by its name. */
  disruptions: Map<string, number>;
  verdict: Verdict;
  /** How many jobs the restores of the database have lost. */
  forgotten: number;
  /** How many jobs ended in each status or error code. */
  ends: Map<string, number>;
  slowest: SlowestJob;
  /** From the last repair until every job had ended. */
  settledMs: number;
}

const uploaders = 6;

type Pick = (fleet: Fleet, random: Random, seconds: number) => Disruption;

/** Uploads images during random disruptions, repairs everything, waits until all jobs have ended, and checks the result. */
export async function runChaos(
  fleet: Fleet,
  { seconds, seed }: { seconds: number; seed: number },
): Promise<ChaosReport> {
  const end = performance.now() + seconds * 1_000;
  const uploads = [fleet.firstUpload];
  const disruptions = new Map<string, number>();

  const upload = async (random: Random) => {
    while (performance.now() < end) {
      const [api, secondApi] = fleet.apis;
      const target = random.pick<{ url: string }>([fleet.proxy, api.current(), secondApi.current()]);
      uploads.push(await sendImage(target, { isValid: random.next() > 0.1, timeoutMs: 6_000 }));
      await Bun.sleep(random.between(20, 200));
    }
  };
  const disrupt = async (pick: Pick, random: Random) => {
    while (performance.now() < end) {
      await Bun.sleep(random.between(400, 2_000));
      const { name, start, durationMs } = pick(fleet, random, seconds);
      const count = (text: string) => disruptions.set(text, (disruptions.get(text) ?? 0) + 1);
      const repair = await start().catch((error: unknown) => {
        count(`${name}, which did not begin: ${error}`);
        return null;
      });
      if (!repair) continue;
      count(name);
      await Bun.sleep(Math.min(durationMs, Math.max(0, end - performance.now())));
      await repair();
    }
  };
  await Promise.all([
    disrupt(pickNetworkDisruption, seedRandom(seed)),
    disrupt(pickProcessDisruption, seedRandom(seed + 1)),
    ...Array.from({ length: uploaders }, (_, index) => upload(seedRandom(seed + 2 + index))),
  ]);
  const repairedAt = performance.now();
  await waitUntilSettled(fleet);
  const settledMs = performance.now() - repairedAt;

  let state = await readState(fleet.stack.sql, fleet.stack.bucket);
  let verdict = checkHistory(uploads, state, { forgotten: fleet.forgotten });
  if (verdict.orphans.length > 0) {
    const { lost } = verdict;
    await quarantineOrphans(fleet.stack);
    state = await readState(fleet.stack.sql, fleet.stack.bucket);
    verdict = checkHistory(uploads, state, { forgotten: fleet.forgotten, isSwept: true });
    verdict.lost = [...new Set([...lost, ...verdict.lost])];
  }
  const ends = Map.groupBy(state.jobs, ({ status, errorCode }) => errorCode ?? status);
  return {
    uploads,
    disruptions,
    verdict,
    forgotten: fleet.forgotten.jobs.size,
    ends: new Map([...ends].map(([name, jobs]) => [name, jobs.length])),
    slowest: await readSlowestJob(fleet.stack.sql),
    settledMs,
  };
}

import { installation } from '@thumbnail-api/db';
import { replayDeletions } from '../deletion/replay-deletions.ts';
import type { JobsDeps } from '../deps.ts';
import { type CoverageChain, extendChain, readGap, retractChain, startChain } from './coverage-chain.ts';
import { driftMaxMs, measuredMaxMs, measureMs } from './coverage-policy.ts';
import { measureClock } from './measure-clock.ts';
import { prepareServerIdentity } from './server-identity.ts';

/** A chain, and when the clock of the store was last measured. */
interface Measured {
  chain: CoverageChain;
  /** By the clock of this process, which only measures durations. */
  measuredAt: number;
  /** The latest heartbeat before that. */
  provenUntil: string;
}

/**
 * The heartbeat of one process, which records in the database that it was not replaced (see ADR 16).
 *
 * It is either *covering*, with a chain that each heartbeat extends, or *broken*: then the next heartbeat starts a chain,
 * and after a gap it first repeats the deletions that a restore may have undone.
 */
export class CoverageHeartbeat {
  readonly #deps: Pick<JobsDeps, 'database' | 'store' | 'log'>;
  #covering: Measured | null = null;
  /** The chain that broke last. */
  #broken: CoverageChain | null = null;

  constructor(deps: Pick<JobsDeps, 'database' | 'store' | 'log'>) {
    this.#deps = deps;
  }

  /** Records one heartbeat. Before the first upload of an installation there is nothing to record. */
  async beat(): Promise<void> {
    if (this.#covering && performance.now() - this.#covering.measuredAt > measureMs)
      await this.#measure(this.#covering);
    if (this.#covering) await this.#extend(this.#covering);
    if (!this.#covering) await this.#start();
  }

  async #measure(covering: Measured): Promise<void> {
    const { chain } = covering;
    try {
      const [row] = await this.#deps.database.run((executor) => executor.select().from(installation));
      if (!row) return;
      const offsetMs = await measureClock(this.#deps, row.id);
      if (Math.abs(offsetMs - chain.offsetMs) > driftMaxMs) {
        await retractChain(this.#deps, chain, covering.provenUntil);
        return this.#break(chain, 'a clock has moved');
      }
      this.#covering = { chain, measuredAt: performance.now(), provenUntil: chain.endedAt };
    } catch (error) {
      this.#deps.log.debug({ error }, 'clock of the object store not measured, trying again');
    }
  }

  async #extend({ chain, ...measured }: Measured): Promise<void> {
    // The chain pauses, and breaks if the pause becomes too long.
    if (performance.now() - measured.measuredAt > measuredMaxMs) return;
    const extended = await extendChain(this.#deps, chain);
    if (extended) this.#covering = { chain: extended, ...measured };
    else this.#break(chain, 'the database was restarted, replaced or paused');
  }

  #break(chain: CoverageChain, reason: string): void {
    this.#deps.log.info({ reason, coveredUntil: chain.endedAt }, 'coverage interrupted');
    this.#covering = null;
    this.#broken = chain;
  }

  async #start(): Promise<void> {
    const { database, log } = this.#deps;
    const [row] = await database.run((executor) => executor.select().from(installation));
    if (!row) return;
    const offsetMs = await measureClock(this.#deps, row.id);
    const start = { offsetMs, identity: await prepareServerIdentity(this.#deps) };
    const gap = await readGap(this.#deps, start, this.#broken);
    if (gap.isOpen) {
      const marked = await replayDeletions(this.#deps, gap.coveredUntil);
      if (marked > 0)
        log.warn({ rows: marked }, 'database was restored: rows deleted after its backup are deleted again');
    }
    const chain = await startChain(this.#deps, start, gap);
    if (!chain) return;
    this.#covering = { chain, measuredAt: performance.now(), provenUntil: chain.endedAt };
    this.#broken = null;
    log.debug({ isGap: gap.isOpen }, 'coverage started');
  }
}

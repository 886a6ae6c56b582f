import { Counter, type Registry } from 'prom-client';
import type { Logger } from './create-logger.ts';

const faults = ['missing', 'damaged'] as const;
const kinds = ['original', 'thumbnail'] as const;

/** An object that a row names, and that the object store did not give back as it was stored. */
export interface ObjectFault {
  fault: (typeof faults)[number];
  kind: (typeof kinds)[number];
  key: string;
}

/** The faults of one sort that this process has found since it started. */
export interface FaultCount extends Pick<ObjectFault, 'fault' | 'kind'> {
  count: number;
  /** When the latest was found, ISO 8601. */
  latestAt: string;
}

/** One line a minute for each sort of fault: in a wrong bucket, every object is missing. */
const logEveryMs = 60_000;

const advice = {
  missing: 'object missing: check that this is the right bucket, then restore the object from a backup',
  damaged: 'object damaged: restore it from a backup, then retry its failed jobs',
} as const;

/** Records lost and damaged objects in a metric, in the log and for the details of readiness. */
export class ObjectFaults {
  readonly #counter: Counter;
  readonly #found = new Map<string, FaultCount & { loggedAt: number }>();

  constructor(registry: Registry) {
    this.#counter = new Counter({
      name: 'thumbnails_object_faults_total',
      help: 'Objects that a row names and that were missing or damaged when they were read.',
      labelNames: ['fault', 'kind'],
      registers: [registry],
    });
    // `increase` does not see the first event of a series that starts with it.
    for (const fault of faults) for (const kind of kinds) this.#counter.inc({ fault, kind }, 0);
  }

  record({ fault, kind, key }: ObjectFault, log: Logger): void {
    this.#counter.inc({ fault, kind });
    const sort = `${fault} ${kind}`;
    const { count = 0, loggedAt = Number.NEGATIVE_INFINITY } = this.#found.get(sort) ?? {};
    const now = performance.now();
    const isLogged = now - loggedAt >= logEveryMs;
    const latestAt = new Date().toISOString();
    this.#found.set(sort, { fault, kind, count: count + 1, latestAt, loggedAt: isLogged ? now : loggedAt });
    if (isLogged) log.error({ kind, key, count: count + 1 }, advice[fault]);
  }

  /** Lists the faults found so far; empty if there are none. */
  list(): FaultCount[] {
    return Array.from(this.#found.values(), ({ loggedAt: _, ...found }) => found);
  }
}

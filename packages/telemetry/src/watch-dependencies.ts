import { shareResult, withDeadline } from '@thumbnail-api/resilience';
import type { Logger } from './create-logger.ts';

/** Whether a dependency is available. */
export type DependencyState = 'up' | 'down';

/** The last known states of dependencies, kept up to date by their checks. */
export interface DependencyWatch<Name extends string = string> {
  /**
   * Returns the state of each dependency. Checks that are older than `maxAgeMs` run again first.
   *
   * Waits for the checks of `needed`, at most 2 seconds. The other checks get a quarter of a second; the state of one that
   * takes longer is the one known before, so that a dependency that hangs does not delay the answer.
   */
  read(maxAgeMs: number, needed?: readonly Name[]): Promise<Record<Name, DependencyState>>;
}

const checkDeadline = { deadlineMs: 2_000, code: 'unavailable', message: 'The dependency did not answer.' } as const;
const graceMs = 250;

/**
 * Watches dependencies through checks that throw while their dependency is unavailable. Logs one line when a dependency
 * becomes unavailable and one when it has recovered. Checks run only when the states are read.
 */
export function watchDependencies<Name extends string>(
  checks: Record<Name, () => Promise<void>>,
  log: Pick<Logger, 'info' | 'warn'>,
): DependencyWatch<Name> {
  const names = Object.keys(checks) as Name[];
  const watched = names.map((name) => new WatchedDependency(name, checks[name], log));
  return {
    read: async (maxAgeMs, needed = names) => {
      const checking = watched.map((dependency) => dependency.check(maxAgeMs));
      await Promise.all(checking.filter((_, index) => needed.includes(names[index] as Name)));
      await Promise.race([Promise.all(checking), Bun.sleep(graceMs)]);
      return Object.fromEntries(watched.map(({ name, state }) => [name, state])) as Record<Name, DependencyState>;
    },
  };
}

class WatchedDependency {
  readonly name: string;
  /** Runs the check unless it ran within `maxAgeMs`, and waits for it. */
  readonly check: (maxAgeMs: number) => Promise<void>;
  /** `unchecked` until the first check ends. */
  #state: DependencyState | 'unchecked' = 'unchecked';
  readonly #log: Pick<Logger, 'info' | 'warn'>;

  constructor(name: string, check: () => Promise<void>, log: Pick<Logger, 'info' | 'warn'>) {
    this.name = name;
    this.#log = log;
    this.check = shareResult(async () => {
      try {
        await withDeadline(checkDeadline, check);
        this.#setUp();
      } catch (error) {
        this.#setDown(error);
      }
    });
  }

  get state(): DependencyState {
    return this.#state === 'up' ? 'up' : 'down';
  }

  #setUp(): void {
    if (this.#state === 'down') this.#log.info({ dependency: this.name }, 'dependency recovered');
    this.#state = 'up';
  }

  #setDown(error: unknown): void {
    if (this.#state !== 'down') this.#log.warn({ error, dependency: this.name }, 'dependency unavailable');
    this.#state = 'down';
  }
}

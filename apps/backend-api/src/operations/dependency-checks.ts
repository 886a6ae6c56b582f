import type { ApiDeps } from '../deps.ts';

type Checked = Pick<ApiDeps, 'database' | 'publisher' | 'store'>;

/** The check of each dependency; it throws while the dependency is unavailable. */
const checks = {
  database: ({ database }) => database.check(),
  /** A Postgres that only reads is available, but cannot serve what changes something. */
  databaseWrites: ({ database }) => database.checkWrites(),
  queue: ({ publisher }) => publisher.check(),
  storage: ({ store }) => store.check(),
} satisfies Record<string, (deps: Checked) => Promise<void>>;

/** A dependency in readiness and metrics. */
export type DependencyName = keyof typeof checks;
export const dependencyNames = Object.keys(checks) as DependencyName[];

/** Returns the checks of `deps`, for readiness and metrics. */
export const dependencyChecks = (deps: Checked) =>
  Object.fromEntries(dependencyNames.map((name) => [name, () => checks[name](deps)])) as Record<
    DependencyName,
    () => Promise<void>
  >;

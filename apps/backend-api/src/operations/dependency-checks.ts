import type { ApiDeps } from '../deps.ts';

/** The check of each dependency, for readiness and metrics; a check throws while its dependency is unavailable. */
export const dependencyChecks = ({
  database,
  publisher,
  store,
}: Pick<ApiDeps, 'database' | 'publisher' | 'store'>) => ({
  database: () => database.check(),
  queue: () => publisher.check(),
  storage: () => store.check(),
});

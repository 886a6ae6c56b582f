import type { ApiDeps } from '../deps.ts';

/** What readiness and metrics ask of each dependency; each throws while it is away. */
export const dependencyChecks = ({
  database,
  publisher,
  store,
}: Pick<ApiDeps, 'database' | 'publisher' | 'store'>) => ({
  database: () => database.check(),
  queue: () => publisher.check(),
  storage: () => store.check(),
});

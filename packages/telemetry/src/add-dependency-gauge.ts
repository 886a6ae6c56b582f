import { shareResult } from '@thumbnail-api/resilience';
import { Gauge, type Registry } from 'prom-client';

/** How long the result of a check is used, however often the metrics are read. */
const checkMaxAgeMs = 5_000;

/**
 * Adds the gauge `thumbnails_dependency_up`: 1 for each dependency whose check returns, 0 for each whose check throws.
 *
 * The checks run when the metrics are read, at most once in 5 seconds.
 */
export function addDependencyGauge(registry: Registry, checks: Record<string, () => Promise<void>>): void {
  const readChecks = shareResult(() =>
    Promise.all(
      Object.entries(checks).map(async ([dependency, check]) => {
        const up = await check().then(
          () => 1,
          () => 0,
        );
        return { dependency, up };
      }),
    ),
  );
  new Gauge({
    name: 'thumbnails_dependency_up',
    help: 'Whether a dependency is available: 1 or 0.',
    labelNames: ['dependency'],
    registers: [registry],
    async collect() {
      for (const { dependency, up } of await readChecks(checkMaxAgeMs)) this.set({ dependency }, up);
    },
  });
}

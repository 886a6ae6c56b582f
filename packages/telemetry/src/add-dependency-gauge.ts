import { Gauge, type Registry } from 'prom-client';
import type { DependencyWatch } from './watch-dependencies.ts';

/** How long the result of a check is used, however often the metrics are read. */
const checkMaxAgeMs = 5_000;

/**
 * Adds the gauge `thumbnails_dependency_up`: 1 for each dependency that is available, 0 for each that is not.
 *
 * The checks run when the metrics are read, at most once in 5 seconds.
 */
export function addDependencyGauge(registry: Registry, dependencies: DependencyWatch): void {
  new Gauge({
    name: 'thumbnails_dependency_up',
    help: 'Whether a dependency is available: 1 or 0.',
    labelNames: ['dependency'],
    registers: [registry],
    async collect() {
      const states = await dependencies.read(checkMaxAgeMs);
      for (const [dependency, state] of Object.entries(states)) this.set({ dependency }, state === 'up' ? 1 : 0);
    },
  });
}

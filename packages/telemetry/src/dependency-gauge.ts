import { shareResult } from '@thumbnail-api/resilience';
import { Gauge, type Registry } from 'prom-client';

const keepMs = 5_000;

/**
 * Adds `thumbnails_dependency_up`: 1 for each dependency whose check returns, 0 for one that throws. However often it is
 * looked at, each is asked once in 5 seconds.
 */
export function addDependencyGauge(registry: Registry, checks: Record<string, () => Promise<void>>): void {
  const ask = shareResult(() =>
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
    help: 'Whether a dependency answers.',
    labelNames: ['dependency'],
    registers: [registry],
    async collect() {
      for (const { dependency, up } of await ask(keepMs)) this.set({ dependency }, up);
    },
  });
}

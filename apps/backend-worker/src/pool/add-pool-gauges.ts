import { addGauge, Gauge, type Registry } from '@thumbnail-api/telemetry';
import type { RendererPool } from './renderer-pool.ts';
import { residentBytes } from './watch-memory.ts';

/** Adds the gauges of a pool: used and free slots, and the resident memory of the renderers (Linux; elsewhere 0). */
export function addPoolGauges(
  registry: Registry,
  { renderers, concurrency, running }: { renderers: RendererPool; concurrency: number; running: () => number },
): void {
  new Gauge({
    name: 'thumbnails_worker_slots',
    help: 'Slots for jobs, by whether one is running in them.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const used = Math.min(concurrency, running());
      this.set({ state: 'used' }, used);
      this.set({ state: 'free' }, concurrency - used);
    },
  });
  addGauge(registry, 'thumbnails_renderer_memory_bytes', 'Resident memory of all renderers.', () =>
    renderers.pids().reduce((sum, pid) => sum + residentBytes(pid), 0),
  );
}

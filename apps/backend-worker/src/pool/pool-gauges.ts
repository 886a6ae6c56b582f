import { addGauge, Gauge, type Registry } from '@thumbnail-api/telemetry';
import type { RendererPool } from './renderer-pool.ts';
import { residentBytes } from './watch-memory.ts';

/** Adds the gauges of a pool: how many places are taken, and what the renderers hold in memory (Linux; else 0). */
export function addPoolGauges(
  registry: Registry,
  { renderers, concurrency, atWork }: { renderers: RendererPool; concurrency: number; atWork: () => number },
): void {
  new Gauge({
    name: 'thumbnails_worker_slots',
    help: 'Slots in which a job is rendered.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const used = Math.min(concurrency, atWork());
      this.set({ state: 'used' }, used);
      this.set({ state: 'free' }, concurrency - used);
    },
  });
  addGauge(registry, 'thumbnails_renderer_memory_bytes', 'Resident memory of all renderers.', () =>
    renderers.pids().reduce((sum, pid) => sum + residentBytes(pid), 0),
  );
}

import type { Walls } from '@thumbnail-api/renderer-protocol';
import { addGauge, Gauge, type Registry } from '@thumbnail-api/telemetry';
import type { RendererPool } from './renderer-pool.ts';
import { residentBytes } from './watch-memory.ts';

/** Adds the gauges of a pool: used and free slots, the walls, and the resident memory of the renderers (Linux; elsewhere 0). */
export function addPoolGauges(
  registry: Registry,
  {
    renderers,
    concurrency,
    running,
    walls,
  }: { renderers: RendererPool; concurrency: number; running: () => number; walls: Walls },
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
  const sandbox = new Gauge({
    name: 'thumbnails_renderer_sandbox',
    help: 'Whether renderers run behind this wall: 1 or 0.',
    labelNames: ['wall'],
    registers: [registry],
  });
  sandbox.set({ wall: 'landlock' }, walls.landlock > 0 ? 1 : 0);
  sandbox.set({ wall: 'seccomp' }, walls.seccomp ? 1 : 0);
}

import type { QueueWatch } from '@thumbnail-api/queue';
import { Gauge, type Registry } from '@thumbnail-api/telemetry';

/** Adds the gauge of what is wrong with the Redis of the queue: 1 for each fault that it has. */
export function addQueueFaultGauge(registry: Registry, watch: QueueWatch): void {
  new Gauge({
    name: 'thumbnails_queue_fault',
    help: 'Whether the Redis of the queue evicts keys, or another installation shares the queue: 1 or 0.',
    labelNames: ['fault'],
    registers: [registry],
    collect() {
      this.set({ fault: 'evicts' }, watch.evicts() ? 1 : 0);
      this.set({ fault: 'shared' }, watch.isShared() ? 1 : 0);
    },
  });
}

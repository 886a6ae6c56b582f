import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Registry } from 'prom-client';

/**
 * Creates the metrics registry of a process, with the metrics of the process itself: CPU time, memory, start time and
 * event loop lag. The other default metrics of prom-client are wrong on Bun.
 */
export function createRegistry(): Registry {
  const registry = new Registry();
  const registers = [registry];
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the process, in seconds.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  addGauge(registry, 'process_resident_memory_bytes', 'Resident memory of the process, in bytes.', () =>
    process.memoryUsage.rss(),
  );
  const startedAt = Date.now() / 1_000 - process.uptime();
  addGauge(registry, 'process_start_time_seconds', 'Start time of the process, in Unix seconds.', () => startedAt);
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  addGauge(
    registry,
    'thumbnails_event_loop_lag_seconds',
    'Longest delay of the event loop since the previous scrape, in seconds.',
    () => {
      const longest = delay.max / 1e9;
      delay.reset();
      return longest;
    },
  );
  return registry;
}

/** Adds a gauge without labels. `read` is called when the metrics are read. */
export function addGauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

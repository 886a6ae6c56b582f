import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Registry } from 'prom-client';

/**
 * The instruments of one process, with those of the process itself: CPU, memory, start and how long the event loop was
 * held up. Of prom-client's own set these alone tell the truth on Bun.
 */
export function createRegistry(): Registry {
  const registry = new Registry();
  const registers = [registry];
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the process.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  gaugeOf(registry, 'process_resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss());
  const startedAt = Date.now() / 1_000 - process.uptime();
  gaugeOf(registry, 'process_start_time_seconds', 'When the process began, in Unix time.', () => startedAt);
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  gaugeOf(
    registry,
    'thumbnails_event_loop_lag_seconds',
    'Longest hold-up of the event loop since the last look.',
    () => {
      const longest = delay.max / 1e9;
      delay.reset();
      return longest;
    },
  );
  return registry;
}

/** Adds a gauge without labels that is read when somebody looks. */
export function gaugeOf(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

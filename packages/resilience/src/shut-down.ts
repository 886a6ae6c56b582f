import type { ShutdownLog } from './shutdown-signal.ts';

/** One step of an orderly shutdown. */
export interface ShutdownPhase {
  name: string;
  /** How long the phase may take before the next one starts, in milliseconds. */
  deadlineMs: number;
  run: () => Promise<unknown>;
}

/** Runs the phases in order. A phase that fails or passes its deadline is logged, and the next one starts. */
export async function shutDown(log: ShutdownLog, phases: ShutdownPhase[]): Promise<void> {
  for (const { name, deadlineMs, run } of phases) {
    const late = Promise.withResolvers<string>();
    const timer = setTimeout(() => late.resolve('deadline exceeded'), deadlineMs);
    const outcome = await Promise.race([
      run().then(
        () => 'done',
        (error: unknown) => String(error),
      ),
      late.promise,
    ]);
    clearTimeout(timer);
    if (outcome === 'done') log.debug({ phase: name }, 'shutdown phase finished');
    else log.warn({ phase: name, outcome }, 'shutdown phase failed');
  }
}

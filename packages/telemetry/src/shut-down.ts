import type { Logger } from './logger.ts';

/** One step of an orderly end. */
export interface ShutdownPhase {
  name: string;
  /** After which it is left to itself, in milliseconds. */
  deadlineMs: number;
  run: () => Promise<unknown>;
}

/** Runs the phases in order. One that fails or outlives its deadline is logged and the next begins. */
export async function shutDown(log: Logger, phases: ShutdownPhase[]): Promise<void> {
  for (const { name, deadlineMs, run } of phases) {
    const late = Promise.withResolvers<string>();
    const timer = setTimeout(() => late.resolve('took too long'), deadlineMs);
    const outcome = await Promise.race([
      run().then(
        () => 'done',
        (error: unknown) => String(error),
      ),
      late.promise,
    ]);
    clearTimeout(timer);
    if (outcome === 'done') log.debug({ phase: name }, 'phase of the shutdown done');
    else log.warn({ phase: name, outcome }, 'phase of the shutdown failed');
  }
}

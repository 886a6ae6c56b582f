import type { ShutdownLog } from './shutdown-signal.ts';
import { withDeadline } from './with-deadline.ts';

/** One step of an orderly shutdown. */
export interface ShutdownPhase {
  name: string;
  /** How long the phase may take before the next one starts, in milliseconds. */
  deadlineMs: number;
  run: () => Promise<unknown>;
}

/** Runs the phases in order. Logs a phase that fails or exceeds its deadline, then starts the next one. */
export async function shutDown(log: ShutdownLog, phases: ShutdownPhase[]): Promise<void> {
  for (const { name, deadlineMs, run } of phases) {
    try {
      await withDeadline({ deadlineMs, code: 'internal_error', message: 'deadline exceeded' }, run);
      log.debug({ phase: name }, 'shutdown phase finished');
    } catch (error) {
      log.warn({ phase: name, outcome: String(error) }, 'shutdown phase failed');
    }
  }
}

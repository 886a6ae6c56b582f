import { type ChildPlan, spawnChild } from './spawn-child.ts';

/** Runs a child that ends by itself and gives its exit status; `cancelled` kills it. */
export async function runToEnd(plan: ChildPlan, cancelled: AbortSignal): Promise<number> {
  const child = spawnChild(plan);
  cancelled.addEventListener('abort', child.kill);
  if (cancelled.aborted) child.kill();
  const { exitCode } = await child.ended;
  cancelled.removeEventListener('abort', child.kill);
  return exitCode;
}

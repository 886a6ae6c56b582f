import type { RendererMessage, RenderOrder } from '@thumbnail-api/renderer-protocol';
import type { ObjectStore } from '@thumbnail-api/storage';
import { limitLibvips } from './limit-libvips.ts';
import { runTask } from './run-task.ts';
import { toFailure } from './to-failure.ts';

/**
 * Serves the tasks of the parent worker over IPC: one order at a time, one answer for each. The process exits when the
 * worker exits.
 */
export function serveTasks(store: Pick<ObjectStore, 'read' | 'put'>): void {
  limitLibvips();
  const send = (message: RendererMessage) => process.send?.(message);
  process.on('message', async ({ task, budget }: RenderOrder) => {
    try {
      send({ result: await runTask(store, task, budget) });
    } catch (error) {
      send({ failure: toFailure(error) });
    }
  });
  process.on('disconnect', () => process.exit(0));
  // A signal to the whole process group is handled by the worker: it lets running tasks finish before it kills this process.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  send({ ready: true });
}

import type { RendererMessage, RenderOrder } from '@thumbnail-api/renderer-protocol';
import type { ObjectStore } from '@thumbnail-api/storage';
import { limitLibvips } from './limit-libvips.ts';
import { runTask } from './run-task.ts';
import { toFailure } from './to-failure.ts';

/**
 * Serves the worker above this process: one task at a time comes in over IPC, one answer goes back. The process knows the
 * object store and nothing else, and ends when its worker is gone.
 */
export function serveTasks(store: Pick<ObjectStore, 'read' | 'put'>): void {
  limitLibvips();
  const send = (message: RendererMessage) => process.send?.(message);
  process.on('message', async ({ task, allowance }: RenderOrder) => {
    try {
      send({ result: await runTask(store, task, allowance) });
    } catch (error) {
      send({ failure: toFailure(error) });
    }
  });
  process.on('disconnect', () => process.exit(0));
  // Signals to the whole group are the worker's to answer: it lets running tasks end, and then ends us.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  send({ ready: true });
}

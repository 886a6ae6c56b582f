import { PipeReader, type RendererMessage, type RenderOrder, writeMessage } from '@thumbnail-api/renderer-protocol';
import { limitLibvips } from './limit-libvips.ts';
import type { runTask } from './run-task.ts';
import { toFailure } from './to-failure.ts';

/**
 * Serves the tasks of the parent worker: orders and originals arrive on stdin, answers and thumbnails leave on stdout, one
 * task at a time. The process exits when the worker exits, which ends stdin.
 */
export async function serveTasks(run: typeof runTask): Promise<never> {
  limitLibvips();
  // A signal to the whole process group is handled by the worker: it lets running tasks finish before it kills this process.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  const pipe = new PipeReader(Bun.stdin.stream());
  const stdout = Bun.stdout.writer();
  const send = (message: RendererMessage, contents?: Buffer[]) => writeMessage(stdout, message, contents);
  await send({ ready: true });
  let line = await readLine(pipe);
  for (;;) {
    const order: RenderOrder = JSON.parse(line);
    const original = (await pipe.readBytes(order.bytes)) ?? process.exit(0);
    // Read ahead, so that the end of the worker also ends a task.
    const next = readLine(pipe);
    const { message, contents } = await run(order, original).then(
      ({ result, contents }) => ({ message: { result }, contents }),
      (error) => ({ message: { failure: toFailure(error) }, contents: [] }),
    );
    await send(message, contents);
    line = await next;
  }
}

const readLine = async (pipe: PipeReader) => (await pipe.readLine(Number.POSITIVE_INFINITY)) ?? process.exit(0);

import {
  PipeReader,
  parseMessage,
  type RenderFailure,
  type RenderOrder,
  writeMessage,
} from '@thumbnail-api/renderer-protocol';
import { assertThumbnail } from './assert-thumbnail.ts';
import type { Rendering, RenderTask, Thumbnail } from './render-task.ts';
import type { RendererProcess } from './spawn-renderer.ts';

/** The most bytes of a line from a renderer: ten thumbnails need 3 KB. */
const lineMaxBytes = 64 * 1024;

/** The pipe of a renderer has ended: its process exits or has exited. */
export class PipeEnded extends Error {
  override readonly name = 'PipeEnded';
}

/** What a worker and a renderer say to each other. Everything that a renderer says is checked. */
export class Exchange {
  readonly #stdin: RendererProcess['stdin'];
  readonly #pipe: PipeReader;

  constructor({ stdin, stdout }: Pick<RendererProcess, 'stdin' | 'stdout'>) {
    this.#stdin = stdin;
    this.#pipe = new PipeReader(stdout);
  }

  /**
   * Returns when the renderer has said that it is ready.
   *
   * @throws PipeEnded; Error for anything else that it says
   */
  async awaitReady(): Promise<void> {
    if (!('ready' in (await this.#readMessage(null)))) throw new Error('a renderer did not say that it is ready');
  }

  /**
   * Hands a task to the renderer and returns its answer.
   *
   * @throws PipeEnded; Error for an answer that is not what the task asks for
   */
  async run(task: RenderTask, memoryBytes: number): Promise<Rendering | RenderFailure> {
    const { original, specs, limits } = task;
    const order: RenderOrder = { bytes: original.byteLength, specs, limits, memoryBytes };
    const sending = writeMessage(this.#stdin, order, [original]);
    // A renderer that is gone is noticed by the end of what it says.
    sending.catch(() => undefined);
    const answer = await this.#readAnswer(order);
    await sending;
    return answer;
  }

  async #readAnswer(order: RenderOrder): Promise<Rendering | RenderFailure> {
    const message = await this.#readMessage(order);
    if ('ready' in message) throw new Error('a renderer said twice that it is ready');
    if ('failure' in message) return message.failure;
    const { image, thumbnails } = message.result;
    const contents: Thumbnail[] = [];
    for (const thumbnail of thumbnails) {
      const content = await this.#pipe.readBytes(thumbnail.bytes);
      if (!content) throw new PipeEnded();
      assertThumbnail(content, thumbnail, image);
      contents.push({ ...thumbnail, content });
    }
    if (this.#pipe.hasRest) throw new Error('a renderer said more than its answer');
    return { image, thumbnails: contents };
  }

  async #readMessage(order: RenderOrder | null) {
    const line = await this.#pipe.readLine(lineMaxBytes);
    if (line === null) throw new PipeEnded();
    return parseMessage(line, order);
  }
}

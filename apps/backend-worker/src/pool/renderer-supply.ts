import type { Renderer } from './renderer.ts';

/** Renderers that have run no task. Where they are used up often, one is kept warm, so that no task waits for its start. */
export class RendererSupply {
  readonly #start: () => Renderer;
  readonly #keepsSpare: boolean;
  #spare: Renderer | null = null;

  constructor(start: () => Renderer, keepsSpare: boolean) {
    this.#start = start;
    this.#keepsSpare = keepsSpare;
  }

  /** The renderers that are not in use yet. The caller closes them too. */
  get spares(): Renderer[] {
    return this.#spare ? [this.#spare] : [];
  }

  /** Returns a renderer for new tasks. The caller closes it. */
  take(): Renderer {
    const renderer = this.#spare?.isGone === false ? this.#spare : this.#start();
    this.#spare = this.#keepsSpare ? this.#start() : null;
    return renderer;
  }
}

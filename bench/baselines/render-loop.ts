import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SourceImage } from '../pictures/pictures.ts';
import type { LoopAnswer, LoopOrder, SpecPair } from './loop-order.ts';

/** A process that renders one picture over and over. */
export interface RenderLoop {
  /** Renders so often, one after the other; CPU for each, in milliseconds. */
  render(picture: SourceImage, spec: SpecPair, times: number, threads?: number): Promise<LoopAnswer>;
  close(): Promise<void>;
}

const programs = {
  sharp: 'bench/baselines/sharp/main.ts',
  renderer: 'apps/renderer/test/render-alone/main.ts',
};

/** Starts bare sharp, or what a renderer does between its bytes and its thumbnail; one order at a time. Whoever opens it closes it. */
export async function openRenderLoop(
  name: keyof typeof programs,
  environment: Record<string, string> = {},
): Promise<RenderLoop> {
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-bench-'));
  let answer = Promise.withResolvers<LoopAnswer>();
  const program = join(import.meta.dirname, '../..', programs[name]);
  const child = Bun.spawn([process.execPath, '--no-env-file', program], {
    env: environment,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'inherit',
    ipc: (message) => answer.resolve(message as LoopAnswer),
  });
  child.exited.then((code) => answer.reject(new Error(`the loop of ${name} ended with ${code}`)));
  return {
    async render(picture, spec, times, threads) {
      const path = join(directory, picture.name.replaceAll(' ', '-'));
      await Bun.write(path, picture.bytes);
      answer = Promise.withResolvers();
      child.send({ path, spec, times, threads } satisfies LoopOrder);
      const { cpuMs, ...others } = await answer.promise;
      return { cpuMs: cpuMs / times, ...others };
    },
    async close() {
      answer.promise.catch(() => undefined);
      child.kill();
      await child.exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

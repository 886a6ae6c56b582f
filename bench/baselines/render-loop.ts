import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SourceImage } from '../images/open-images.ts';
import type { LoopRequest, LoopResult, SpecPair } from './loop-messages.ts';

/** A process that renders an image repeatedly. */
export interface RenderLoop {
  /** Renders `image` `times` times in sequence. `cpuMs` of the result is the mean of a rendering. One call at a time. */
  render(image: SourceImage, spec: SpecPair, times: number, threads?: number): Promise<LoopResult>;
  close(): Promise<void>;
}

const programs = {
  sharp: 'bench/baselines/sharp/main.ts',
  renderer: 'apps/renderer/test/render-alone/main.ts',
};

/** Starts a loop around bare sharp, or around the renderer's pipeline. The caller closes it. */
export async function openRenderLoop(
  name: keyof typeof programs,
  environment: Record<string, string> = {},
): Promise<RenderLoop> {
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-bench-'));
  let result = Promise.withResolvers<LoopResult>();
  const program = join(import.meta.dirname, '../..', programs[name]);
  const child = Bun.spawn([process.execPath, '--no-env-file', program], {
    env: environment,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'inherit',
    ipc: (message) => result.resolve(message as LoopResult),
  });
  child.exited.then((code) => result.reject(new Error(`the ${name} loop exited with ${code}`)));
  return {
    async render(image, spec, times, threads) {
      const path = join(directory, image.name.replaceAll(' ', '-'));
      await Bun.write(path, image.bytes);
      result = Promise.withResolvers();
      child.send({ path, spec, times, threads } satisfies LoopRequest);
      const { cpuMs, ...others } = await result.promise;
      return { cpuMs: cpuMs / times, ...others };
    },
    async close() {
      result.promise.catch(() => undefined);
      child.kill();
      await child.exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

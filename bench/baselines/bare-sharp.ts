import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Picture } from '../pictures/pictures.ts';
import type { BareAnswer, BareOrder, BareSpec } from './bare-order.ts';

/** Sharp alone, in a process of its own. */
export interface BareSharp {
  /** Renders one picture so often, one after the other; milliseconds for each, of CPU and by the clock. */
  render(picture: Picture, spec: BareSpec, times: number): Promise<{ cpuMs: number; wallMs: number[] }>;
  close(): Promise<void>;
}

/** Starts it; one order at a time. Whoever opens it closes it. */
export async function openBareSharp(): Promise<BareSharp> {
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-bench-'));
  let answer = Promise.withResolvers<BareAnswer>();
  const child = Bun.spawn([process.execPath, '--no-env-file', join(import.meta.dirname, 'sharp/main.ts')], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'inherit',
    ipc: (message) => answer.resolve(message as BareAnswer),
  });
  child.exited.then((code) => answer.reject(new Error(`bare sharp ended with ${code}`)));
  return {
    async render(picture, spec, times) {
      const path = join(directory, picture.name.replaceAll(' ', '-'));
      await Bun.write(path, picture.bytes);
      answer = Promise.withResolvers();
      child.send({ path, spec, times } satisfies BareOrder);
      const { cpuMs, wallMs } = await answer.promise;
      return { cpuMs: cpuMs / times, wallMs };
    },
    async close() {
      answer.promise.catch(() => undefined);
      child.kill();
      await child.exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

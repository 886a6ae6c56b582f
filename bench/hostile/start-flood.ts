import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Flood } from './send-flood.ts';

/** A flood of requests, paused at first. */
export interface RunningFlood {
  pause(): void;
  resume(): void;
  /** The number of answers by status, so far. */
  countAnswers(): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

/**
 * Starts a flood as a process of its own, with the lowest priority: it must load the API, and not take the processor from the
 * honest client, which shares the machine with it.
 */
export async function startFlood({ url, connections, requests }: Omit<Flood, 'requests'> & { requests: Buffer[] }) {
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-flood-'));
  const file = join(directory, 'flood.json');
  const flood: Flood = { url, connections, requests: requests.map((request) => request.toString('base64')) };
  await Bun.write(file, JSON.stringify(flood));
  let onAnswer: (answered: Record<string, number>) => void = () => undefined;
  const program = join(import.meta.dirname, 'send-flood.ts');
  const child = Bun.spawn(['nice', '-n', '19', process.execPath, '--no-env-file', program, file], {
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'inherit',
    ipc: (answered: Record<string, number>) => onAnswer(answered),
  });
  const countAnswers = () => {
    const { promise, resolve } = Promise.withResolvers<Record<string, number>>();
    onAnswer = resolve;
    child.send('count');
    return promise;
  };
  await countAnswers();
  const running: RunningFlood = {
    pause: () => child.send('pause'),
    resume: () => child.send('resume'),
    countAnswers,
    stop: async () => {
      child.kill('SIGKILL');
      await child.exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
  return running;
}

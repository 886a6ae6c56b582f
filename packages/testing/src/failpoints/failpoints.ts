import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync, writeFileSync } from 'node:fs';
import { AppError } from '@thumbnail-api/errors';

/** What happens at a point: the process dies, waits until a file exists, or the call fails. */
type Action = { kind: 'kill' | 'segv' | 'throw' } | { kind: 'pause'; file: string };

/** Named places at which a test lets something happen. */
export interface Failpoints {
  /** Runs `work` as the part called `part`: a point reached below it is named after that. */
  within<T>(part: string, work: () => T): T;
  /** To be awaited wherever `<part>.<place>` is reached; nothing happens unless a test has asked for it. */
  reach(place: string): Promise<void>;
}

/**
 * Reads failpoints from text: `api.after_put=kill;worker.after_render#2=pause:/tmp/file`. `#2` means the second time only;
 * left out, the first. `pause` writes `<file>.reached` and goes on once `<file>` exists.
 *
 * @throws Error when the text says anything else
 */
export function readFailpoints(text: string, part: string): Failpoints {
  const scope = new AsyncLocalStorage<string>();
  const points = new Map(text.split(';').filter(Boolean).map(readPoint));
  const counts = new Map<string, number>();
  return {
    within: (name, work) => scope.run(name, work),
    async reach(place) {
      const name = `${scope.getStore() ?? part}.${place}`;
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      const action = points.get(`${name}#${count}`);
      if (action) await perform(action, name);
    },
  };
}

function readPoint(text: string): [string, Action] {
  const [, name, time = '1', kind, file] = /^([a-z._]+)(?:#(\d+))?=(kill|segv|throw|pause)(?::(.+))?$/.exec(text) ?? [];
  if (!name) throw new Error(`not a failpoint: ${text}`);
  const action: Action = kind === 'pause' ? { kind, file: file ?? '' } : { kind: kind as 'kill' | 'segv' | 'throw' };
  return [`${name}#${time}`, action];
}

async function perform(action: Action, name: string): Promise<void> {
  if (action.kind === 'kill') process.kill(process.pid, 'SIGKILL');
  if (action.kind === 'segv') process.kill(process.pid, 'SIGSEGV');
  if (action.kind === 'throw') throw new AppError('unavailable', `The failpoint ${name}.`, { retryable: true });
  if (action.kind !== 'pause') return await new Promise(() => undefined);
  writeFileSync(`${action.file}.reached`, '');
  while (!existsSync(action.file)) await Bun.sleep(10);
}

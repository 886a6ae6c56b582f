import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync, writeFileSync } from 'node:fs';
import { AppError } from '@thumbnail-api/errors';

/** What happens at a failpoint: the process dies, the call fails, or it waits until a file exists. */
type Action = { kind: 'kill' | 'segv' | 'throw' } | { kind: 'pause'; file: string };

/** Named places in the code where a test can cause a failure. */
export interface Failpoints {
  /** Runs `work` with `scope` as the first part of the names of its failpoints. */
  within<T>(scope: string, work: () => T): T;
  /** Performs the action of the failpoint `<scope>.<place>`, if the test has set one. The caller awaits it. */
  reach(place: string): Promise<void>;
}

/**
 * Reads failpoints from a text such as `api.after_put=kill;worker.after_render#2=pause:/tmp/file`.
 *
 * `#2` means the second time only; the default is the first. `pause` writes `<file>.reached` and continues once `<file>`
 * exists. `defaultScope` applies outside of `within`.
 *
 * @throws Error if the text is invalid
 */
export function readFailpoints(text: string, defaultScope: string): Failpoints {
  const scopes = new AsyncLocalStorage<string>();
  const points = new Map(text.split(';').filter(Boolean).map(parsePoint));
  const counts = new Map<string, number>();
  return {
    within: (scope, work) => scopes.run(scope, work),
    async reach(place) {
      const name = `${scopes.getStore() ?? defaultScope}.${place}`;
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      const action = points.get(`${name}#${count}`);
      if (action) await perform(action, name);
    },
  };
}

function parsePoint(text: string): [string, Action] {
  const [, name, time = '1', kind, file] = /^([a-z._]+)(?:#(\d+))?=(kill|segv|throw|pause)(?::(.+))?$/.exec(text) ?? [];
  if (!name) throw new Error(`invalid failpoint: ${text}`);
  const action: Action = kind === 'pause' ? { kind, file: file ?? '' } : { kind: kind as 'kill' | 'segv' | 'throw' };
  return [`${name}#${time}`, action];
}

async function perform(action: Action, name: string): Promise<void> {
  if (action.kind === 'kill') process.kill(process.pid, 'SIGKILL');
  if (action.kind === 'segv') process.kill(process.pid, 'SIGSEGV');
  if (action.kind === 'throw') throw new AppError('unavailable', `Failpoint ${name}.`, { retryable: true });
  if (action.kind !== 'pause') return await new Promise(() => undefined);
  writeFileSync(`${action.file}.reached`, '');
  while (!existsSync(action.file)) await Bun.sleep(10);
}

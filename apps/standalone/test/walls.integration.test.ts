import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawQuarters, findFreePort, waitUntil } from '@thumbnail-api/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findDescendants } from './find-descendants.ts';
import { isGone } from './is-gone.ts';

const isRoot = process.getuid?.() === 0;
const unprivileged = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];
/** How to run a program as an ordinary user, also while root runs the tests. */
const ordinary = isRoot ? unprivileged : [];
const users = [{ user: 'an ordinary user', runner: ordinary }, ...(isRoot ? [{ user: 'root', runner: [] }] : [])];
let directory: string;
let running: Bun.Subprocess<'ignore', 'pipe', 'pipe'>[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'walls-'));
  running = [];
  await copyFile(process.execPath, join(directory, 'bun'));
  await mkdir(join(directory, 'data'));
  await Promise.all([directory, join(directory, 'bun')].map((path) => chmod(path, 0o755)));
  await chmod(join(directory, 'data'), 0o777);
});
afterEach(async () => {
  const descendants = running.flatMap(({ pid }) => findDescendants(pid));
  for (const child of running) child.kill('SIGKILL');
  for (const pid of descendants) await isGone(pid);
  await rm(directory, { recursive: true, force: true });
});

async function start(program: string, runner: string[]) {
  const [port, workerPort] = [await findFreePort(), await findFreePort()];
  const data = join(directory, 'data');
  const files = [data, join(data, 'objects'), join(data, 'objects/originals'), join(data, 'postgres')];
  const child = Bun.spawn([...runner, join(directory, 'bun'), '--no-env-file', join(import.meta.dirname, program)], {
    cwd: directory,
    env: {
      PATH: '/usr/bin:/bin',
      PORT: String(port),
      WORKER_PORT: String(workerPort),
      DATA_DIR: data,
      WORKER_CONCURRENCY: '1',
      RENDERER_SANDBOX: 'required',
      LINK_SECRET: 'canary-canary-canary-canary-canary',
      PAYLOAD_TARGETS: JSON.stringify({ ports: [port, workerPort], files }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const output = { text: '' };
  void (async () => {
    for await (const chunk of child.stderr) output.text += Buffer.from(chunk).toString();
  })();
  const url = `http://127.0.0.1:${port}`;
  const isReady = async () => (await fetch(`${url}/health/ready`)).ok && (await fetch(`${url}/`)).ok;
  await waitUntil('the API is ready', isReady);
  const workerUrl = `http://127.0.0.1:${workerPort}`;
  await waitUntil('the worker is ready', async () => (await fetch(`${workerUrl}/health/ready`)).ok);
  return { child, url, workerUrl, output };
}

test.runIf(process.platform === 'linux').each(users)(
  'in `bun start` as $user, a renderer that runs an attacker’s code is refused everything',
  async ({ runner }) => {
    const { url, workerUrl, output } = await start('with-payload/main.ts', runner);
    const form = new FormData();
    form.set('file', new Blob([await drawQuarters(30, 20)], { type: 'image/png' }), 'quarters.png');
    expect((await fetch(`${url}/jobs`, { method: 'POST', body: form })).status).toBe(201);
    const findReport = () => output.text.split('\n').find((line) => line.includes('A payload ran.'));
    await waitUntil('the payload has reported', async () => findReport() !== undefined);
    const report = JSON.parse(JSON.parse(findReport() ?? '{}').error.cause.message);
    process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
    const { EACCES, EPERM, ...others } = report.outcomes;
    expect(others).toEqual({ allowed: ['open /dev/null'], ENOSYS: ['calls newer than the rules'] });
    expect(EACCES).toEqual(
      expect.arrayContaining(['/proc/*/environ', '/proc/*/mem', '/proc/*/fd', 'read secrets', 'read the project']),
    );
    expect(EPERM).toEqual(
      expect.arrayContaining(['ptrace', 'signal', 'TCP to every port', 'UDP', 'Unix socket 1', 'execve', 'fork']),
    );
    expect(report.has).toMatchObject({ noNewPrivileges: true, capabilities: 0 });
    expect(report.has.environment.filter((name: string) => !/^(?:BUN_|MALLOC_|FONTCONFIG_FILE)/.test(name))).toEqual(
      [],
    );
    const metrics = await (await fetch(`${workerUrl}/metrics`)).text();
    for (const wall of ['landlock', 'seccomp'])
      expect(metrics).toContain(`thumbnails_renderer_sandbox{wall="${wall}"} 1`);
  },
);

test.runIf(process.platform === 'linux')(
  'no other process of the user reads the memory or the environment of standalone, API and worker',
  async () => {
    const { child } = await start('../src/main.ts', ordinary);
    const all = [child.pid, ...findDescendants(child.pid)];
    const opens = (path: string) => Bun.spawnSync([...ordinary, 'sh', '-c', ': <"$0"', path]).exitCode === 0;
    const listProcesses = (name: string) =>
      all.filter((pid) =>
        Bun.spawnSync(['cat', `/proc/${pid}/cmdline`])
          .stdout.toString()
          .includes(name),
      );
    for (const name of ['standalone/src/main.ts', 'backend-api/src/main.ts', 'backend-worker/src/main.ts']) {
      const pids = listProcesses(name);
      expect(pids).toHaveLength(1);
      expect(opens(`/proc/${pids[0]}/status`)).toBe(true);
      for (const file of ['environ', 'mem', 'maps']) expect(opens(`/proc/${pids[0]}/${file}`)).toBe(false);
    }
    // A renderer has nothing to hide, and shows that the reader may read others.
    const [renderer] = listProcesses('renderer/src/main.ts');
    expect(opens(`/proc/${renderer}/environ`)).toBe(true);
  },
);

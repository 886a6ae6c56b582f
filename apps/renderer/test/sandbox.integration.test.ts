import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launcherOf, startPayload } from './start-payload.ts';

const services = inject('services');
const isRoot = process.getuid?.() === 0;
let directory: string;
/** A copy of Bun that every user may run. */
let bun: string;
let targets: object;
const servers = [createServer(), createServer()] as const;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sandbox-'));
  bun = join(directory, 'bun');
  await copyFile(process.execPath, bun);
  const [object, secret, socket] = ['originals', 'secret', 'socket'].map((name) => join(directory, name));
  for (const path of [object, secret]) await writeFile(path ?? '', 'canary', { mode: 0o666 });
  await Promise.all([directory, bun].map((path) => chmod(path, 0o755)));
  servers[0].listen(0, '127.0.0.1');
  servers[1].listen(socket);
  const address = servers[0].address() as { port: number };
  const s3 = Number(new URL(services.s3.endpoint ?? 'http://127.0.0.1:9000').port);
  const ports = [services.postgres.port, services.redis?.port ?? 6379, s3, address.port];
  targets = { pids: [process.pid, process.ppid], ports, files: [object, secret], sockets: [socket] };
});
afterAll(async () => {
  for (const server of servers) server.close();
  await rm(directory, { recursive: true });
});

const users = [
  { user: 'the user of the worker', runner: [] },
  ...(isRoot
    ? [{ user: 'an ordinary user', runner: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'] }]
    : []),
];

test.runIf(process.platform === 'linux').each(users)(
  'a renderer that runs an attacker’s code, as $user, is refused everything',
  async ({ runner }) => {
    const { outcomes, has } = await startPayload(targets, { bun, runner });
    process.stdout.write(`${JSON.stringify({ outcomes, has }, null, 1)}\n`);
    // Landlock answers EACCES, and EXDEV for a link; the filter of system calls answers EPERM. Nothing else may answer.
    expect(Object.keys(outcomes).sort()).toEqual(['EACCES', 'ENOSYS', 'EPERM', 'allowed']);
    expect(outcomes).toMatchObject({
      allowed: ['open /dev/null'],
      ENOSYS: ['calls newer than the rules'],
      EACCES: expect.arrayContaining([
        ...['/proc/*/environ', '/proc/*/mem', '/proc/*/cmdline', '/proc/*/maps', '/proc/*/fd', 'list /proc'],
        ...['read /', 'read /dev', 'read by /proc/self', 'read the project', 'read secrets'],
        ...['write', 'write own code', 'remove own code', 'rename own code', 'truncate while reading'],
        ...['symbolic link', 'folder'],
      ]),
      EPERM: expect.arrayContaining([
        ...['ptrace', 'process_vm_readv', 'signal', 'tgkill', 'pidfd_open', 'prlimit of others'],
        ...['TCP to every port', 'TCP over IPv6', 'UDP', 'Unix socket 1', 'netlink', 'socketpair', 'connect', 'bind'],
        ...['io_uring', 'shared memory', 'chmod', 'chown', 'truncate by path', 'watch files'],
        ...['execve', 'execveat', 'fork', 'spawn', 'program in memory', 'setuid', 'new namespaces', 'mount', 'bpf'],
      ]),
    });
    expect(has).toMatchObject({ noNewPrivileges: true, capabilities: 0, environment: [] });
    expect(has.openFiles.filter((link) => link.startsWith('/') && link !== '/dev/null')).toEqual([]);
  },
);

test.runIf(process.platform === 'linux').each([1, 2, 3, 4, 5])(
  'a kernel with version %i of Landlock refuses the same',
  async (landlock) => {
    const { outcomes } = await startPayload(targets, { launch: launcherOf(landlock) });
    const { EACCES, EPERM, ...others } = outcomes;
    expect(others).toEqual({ allowed: ['open /dev/null'], ENOSYS: ['calls newer than the rules'] });
  },
);

test.runIf(process.platform === 'linux')('without Landlock, system calls are restricted all the same', async () => {
  const { outcomes } = await startPayload(targets, { launch: launcherOf(0) });
  expect(outcomes.EPERM).toEqual(expect.arrayContaining(['TCP to every port', 'UDP', 'signal', 'ptrace', 'execve']));
  expect(outcomes.allowed).toContain('read /');
});

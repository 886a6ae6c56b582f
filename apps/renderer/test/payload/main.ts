import { dlopen, ptr, read } from 'bun:ffi';
import { existsSync, readlinkSync, rmSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

// What an attacker would do who runs code of his own in a renderer: this file takes the renderer's place. It answers the
// first order with a failure whose cause says, for each thing that it tried, what the kernel answered. It imports nothing of
// the project, so that a container can mount it. An argument may name more targets. Where something is allowed, it does no
// harm.

/** What to try beside what is on every machine. */
interface Targets {
  /** Processes. */
  pids?: number[];
  /** Ports of this machine. */
  ports?: number[];
  /** Files that contain secrets or the images of others. */
  files?: string[];
  /** Unix sockets. */
  sockets?: string[];
}

const targets = JSON.parse(process.argv[2] ?? '{}') as Targets;
const root = join(import.meta.dirname, import.meta.dirname.endsWith('/src') ? '../../..' : '../../../..');
const isArm = process.arch === 'arm64';
const word = 'i64';
const { symbols: libc } = openLibc();
const errorNames = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));
const outcomes: Record<string, string[]> = {};

function openLibc() {
  const functions = {
    syscall: { args: [word, word, word, word, word, word, word], returns: word },
    __errno_location: { args: [], returns: 'ptr' },
  } as const;
  try {
    return dlopen('libc.so.6', functions);
  } catch {
    return dlopen(`libc.musl-${isArm ? 'aarch64' : 'x86_64'}.so.1`, functions);
  }
}

/** Makes a system call by its numbers on x86-64 and arm64. Returns the name of its error, or `allowed`. */
function call([x64, arm64]: readonly [number, number], ...args: (number | NodeJS.TypedArray | string)[]): string {
  const kept = args.map((arg) => (typeof arg === 'string' ? Buffer.from(`${arg}\0`) : arg));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = kept.map((arg) => (typeof arg === 'number' ? arg : ptr(arg)));
  const result = Number(libc.syscall(isArm ? arm64 : x64, a, b, c, d, e, f));
  if (result >= 0) return 'allowed';
  const location = libc.__errno_location();
  const number = location ? read.i32(location) : 0;
  return errorNames.get(number) ?? String(number);
}

/** Tries something that throws an error with a code. */
function attempt(work: () => unknown): string {
  try {
    work();
    return 'allowed';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** Records what came of one or several tries of the same thing. A process that has exited meanwhile counts for nothing. */
function record(name: string, ...results: string[]): void {
  for (const result of new Set(results)) {
    if (name.startsWith('/proc/*') && result === 'ENOENT') continue;
    outcomes[result] ??= [];
    outcomes[result].push(name);
  }
}

const others = () => {
  const all = [...Array.from({ length: 65_535 }, (_, index) => index + 1), ...(targets.pids ?? [])];
  return [...new Set(all)].filter((pid) => pid !== process.pid && existsSync(`/proc/${pid}`));
};
const openFlags = { read: 0, write: 1, truncate: 0o1000, create: 0o100 };
const openAt = [257, 56] as const;
const open = (path: string, flags: number) => call(openAt, -100, path, flags, 0o600);

/** Creates something, and removes it where that is allowed. */
function create(path: string, make: (path: string) => string): string {
  const outcome = make(path);
  if (outcome === 'allowed') rmSync(path, { recursive: true });
  return outcome;
}

function tryProcesses(): void {
  const pids = others();
  for (const name of ['environ', 'mem', 'cmdline', 'maps', 'root/etc/passwd'])
    record(`/proc/*/${name}`, ...pids.map((pid) => open(`/proc/${pid}/${name}`, openFlags.read)));
  record('/proc/*/fd', ...pids.map((pid) => open(`/proc/${pid}/fd`, openFlags.read)));
  record('/proc/*/oom_score_adj', ...pids.map((pid) => open(`/proc/${pid}/oom_score_adj`, openFlags.write)));
  record('list /proc', open('/proc', openFlags.read));
  const [parent] = [process.ppid];
  const vector = new BigUint64Array([BigInt(ptr(new Uint8Array(8))), 8n]);
  // PTRACE_SEIZE, which does not stop the process.
  record('ptrace', ...pids.map((pid) => call([101, 117], 0x4206, pid, 0, 0)));
  record('process_vm_readv', call([310, 270], parent, vector, 1, vector, 1, 0));
  record('process_vm_writev', call([311, 271], parent, vector, 1, vector, 1, 0));
  record('signal', ...[...pids, -1, 0].map((pid) => call([62, 129], pid, 0)));
  record('tgkill', call([234, 131], parent, parent, 0));
  record('tkill', call([200, 130], parent, 0));
  record('sigqueue', call([129, 138], parent, 0, new Uint8Array(128)));
  record('pidfd_open', call([434, 434], parent, 0));
  record('prlimit of others', call([302, 261], parent, 0, 0, 0));
  record('setpriority of others', call([141, 140], 0, parent, 0));
  record('affinity of others', call([203, 122], parent, 8, new Uint8Array(8).fill(255)));
}

function tryNetwork(): void {
  const socket = [41, 198] as const;
  // Every port: Postgres, Redis, the API, the object store and whatever else this machine serves.
  const ports = [...Array.from({ length: 65_535 }, (_, index) => index + 1), ...(targets.ports ?? [])];
  record('TCP to every port', ...ports.map(() => call(socket, 2, 1, 0)));
  const kinds = {
    'TCP over IPv6': [10, 1],
    UDP: [2, 2],
    'raw IP': [2, 3],
    netlink: [16, 3],
    vsock: [40, 1],
    packet: [17, 3],
  };
  for (const [name, [domain = 0, type = 0]] of Object.entries(kinds)) record(name, call(socket, domain, type, 0));
  for (const type of [1, 2, 5]) record(`Unix socket ${type}`, call(socket, 1, type, 0));
  record('socketpair', call([53, 199], 1, 1, 0, new Int32Array(2)));
  // What is open already, above all the pipes to the worker, must lead nowhere else.
  const unix = (path: string) => Buffer.concat([Buffer.from([1, 0]), Buffer.from(`${path}\0`)]);
  const paths = ['\0abstract', '/var/run/docker.sock', ...(targets.sockets ?? [])];
  for (const [name, numbers] of Object.entries({ connect: [42, 203], bind: [49, 200] } as const))
    record(name, ...paths.flatMap((path) => [0, 1, 2].map((fd) => call(numbers, fd, unix(path), unix(path).length))));
  record('listen', call([50, 201], 0, 1));
  record('io_uring', call([425, 425], 8, new Uint8Array(120)));
  record('shared memory', call([29, 194], 4711, 4096, 0o1600));
  record('message queue', call([240, 180], 'payload', 0o102, 0o600, 0));
}

function tryFiles(): void {
  const secrets = ['/etc/passwd', '/etc/shadow', '/etc/hosts', '/run/secrets', '/root', '/home', '/tmp', '/', '/sys'];
  const devices = ['/dev/mem', '/dev/shm', '/dev/tty', '/dev/fuse'];
  const tricks = ['/proc/self/environ', '/proc/self/root/etc/passwd', '/proc/self/mem', '/proc/self/cwd'];
  const own = ['.env', '.data', 'apps', 'apps/backend-worker/src/main.ts'].map((name) => join(root, name));
  const readAll = (paths: string[]) =>
    paths.filter((path) => existsSync(path)).map((path) => open(path, openFlags.read));
  record('read /', ...readAll(secrets));
  record('read /dev', ...readAll(devices));
  record('read by /proc/self', ...readAll(tricks));
  record('read the project', ...readAll(own));
  record('read secrets', ...readAll(targets.files ?? []));
  const folders = ['/tmp', '/var/tmp', '/dev/shm', root, join(root, 'apps/renderer/src'), join(root, 'node_modules')];
  record(
    'write',
    ...folders.map((folder) => create(`${folder}/payload`, (path) => open(path, openFlags.write | openFlags.create))),
  );
  const code = import.meta.path;
  record('write own code', open(code, openFlags.write));
  // A file is no folder, and a file keeps its name: nothing is lost where this is allowed.
  record('remove own code', call([263, 35], -100, code, 0x200));
  record('rename own code', call([316, 276], -100, code, -100, code, 0));
  // What Landlock has no right for, tried on a device that nothing changes.
  const device = '/dev/null';
  record('open /dev/null', open(device, openFlags.write));
  record('truncate while reading', open(device, openFlags.truncate));
  record('truncate by path', call([76, 45], device, 0));
  record('chmod', call([268, 53], -100, device, 0o666));
  record('chown', call([260, 54], -100, device, -1, -1, 0));
  record('utimes', call([280, 88], -100, device, 0, 0));
  record('setxattr', call([188, 5], device, 'user.payload', 'x', 1, 0));
  record(
    'symbolic link',
    create('/tmp/payload-link', (path) => call([266, 36], '/etc/passwd', -100, path)),
  );
  record(
    'hard link',
    create(`${code}.link`, (path) => call([265, 37], -100, code, -100, path, 0)),
  );
  record(
    'folder',
    create('/tmp/payload-folder', (path) => call([258, 34], -100, path, 0o700)),
  );
  record(
    'named pipe',
    create('/tmp/payload-pipe', (path) => call([259, 33], -100, path, 0o10600, 0)),
  );
  record('watch files', call([294, 26], 0));
  record('file handle', call([303, 264], -100, '/etc/passwd', new Uint8Array(136), new Int32Array(1), 0));
}

function tryPrograms(): void {
  // With an address that is none, where the kernel finds the arguments: a program that may start fails with EFAULT.
  const argv = 1;
  record('execve', call([59, 221], '/bin/true', argv, argv), call([59, 221], process.execPath, argv, argv));
  record('execveat', call([322, 281], -100, '/bin/true', argv, argv, 0));
  // With CLONE_FS and CLONE_NEWNS, which is invalid where a process may be started.
  record('fork', call([56, 220], 0x20200, 0, 0, 0, 0));
  record(
    'spawn',
    attempt(() => Bun.spawnSync([process.execPath, '--version'])),
  );
  record(
    'spawn a program',
    attempt(() => Bun.spawnSync(['/bin/true'])),
  );
  record('program in memory', call([319, 279], 'payload', 0));
  record('setuid', call([105, 146], 0));
  record('new namespaces', call([272, 97], 0x10000000), call([272, 97], 0x40000000));
  record('mount', call([165, 40], 'none', '/tmp', 'nosuchfs', 0, 0));
  record('chroot', call([161, 51], '/'));
  record('bpf', call([321, 280], 0, 0, 0));
  record('perf_event_open', call([298, 241], new Uint8Array(128), 0, -1, -1, 0));
  record('userfaultfd', call([323, 282], 0));
  record('keyctl', call([250, 219], 0, -3, 0));
  record('modules', call([313, 273], 0, '', 0));
  record('kernel log', call([103, 116], 3, new Uint8Array(8), 8));
  record('calls newer than the rules', call([470, 470]));
}

/** What the process has, although it was refused nothing. */
function listBelongings() {
  const isSet = (option: number, value: number) => libc.syscall(isArm ? 167 : 157, option, value, 0, 0, 0, 0) === 1n;
  const sets = new Uint32Array(6);
  call([125, 90], new Uint32Array([0x20080522, 0]), sets);
  const links = Array.from({ length: 1_024 }, (_, descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).replace(/\d+/, '');
    } catch {
      return '';
    }
  });
  return {
    noNewPrivileges: isSet(39, 0),
    capabilities: sets.reduce((sum, set) => sum + set, 0),
    environment: Object.keys(process.env).sort(),
    openFiles: [...new Set(links)].filter((link) => link !== '').sort(),
  };
}

const say = (message: object) => writeSync(1, `${JSON.stringify(message)}\n`);
say({ ready: true });
await Bun.stdin.stream().getReader().read();
for (const group of [tryProcesses, tryNetwork, tryFiles, tryPrograms]) group();
const report = JSON.stringify({ outcomes, has: listBelongings() });
say({ failure: { code: 'image_corrupt', message: 'A payload ran.', cause: report } });
await Bun.stdin.text();

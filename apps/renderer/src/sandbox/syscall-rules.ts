import { EACCES, ENOSYS, EPERM } from './error-numbers.ts';
import type { SyscallName } from './syscall-numbers.ts';

/** What a call may do: it is refused with `refusal` unless one of `allowed` matches an argument. */
export interface SyscallRule {
  name: SyscallName;
  /** The error number of a refused call. */
  refusal: number;
  /** The call is allowed if all of these hold. None: never. */
  conditions: Condition[];
}

/** Whether an argument, after `mask`, is one of `values`. With `isRefused`, whether it is none of them. */
export interface Condition {
  argument: number;
  mask?: number;
  values: number[];
  isRefused?: boolean;
}

const never: SyscallName[] = [
  // Sockets of every kind. io_uring can open them too.
  ...(['socket', 'socketpair', 'connect', 'bind', 'listen', 'accept', 'accept4'] as const),
  ...(['io_uring_setup', 'io_uring_enter', 'io_uring_register'] as const),
  // Shared memory, queues and semaphores, which need no file.
  ...(['shmget', 'shmat', 'shmctl', 'msgget', 'msgsnd', 'msgrcv', 'msgctl'] as const),
  ...(['semget', 'semop', 'semtimedop', 'semctl'] as const),
  ...(['mq_open', 'mq_unlink', 'mq_timedsend', 'mq_timedreceive', 'mq_notify'] as const),
  // Programs and processes. A file in memory has no path that Landlock could check.
  ...(['execve', 'fork', 'vfork', 'memfd_create', 'memfd_secret'] as const),
  ...(['ptrace', 'process_vm_readv', 'process_vm_writev', 'process_madvise', 'process_mrelease', 'kcmp'] as const),
  ...(['pidfd_open', 'pidfd_getfd', 'pidfd_send_signal', 'move_pages', 'migrate_pages', 'get_robust_list'] as const),
  ...(['tkill', 'sched_setattr'] as const),
  // Namespaces and mounts.
  ...(['unshare', 'setns', 'chroot', 'pivot_root', 'mount', 'umount2', 'mount_setattr', 'move_mount'] as const),
  ...(['open_tree', 'fsopen', 'fsconfig', 'fsmount', 'fspick', 'statmount', 'listmount'] as const),
  // Modes, owners, times and attributes of files: Landlock has no right for them. It has one for truncate since version 3.
  ...(['chmod', 'fchmod', 'fchmodat', 'fchmodat2', 'chown', 'fchown', 'lchown', 'fchownat', 'truncate'] as const),
  ...(['utime', 'utimes', 'utimensat', 'futimesat', 'mknod', 'mknodat', 'quotactl', 'quotactl_fd'] as const),
  ...(['setxattr', 'lsetxattr', 'fsetxattr', 'removexattr', 'lremovexattr', 'fremovexattr'] as const),
  ...(['name_to_handle_at', 'open_by_handle_at', 'inotify_init', 'inotify_init1', 'fanotify_init'] as const),
  // The kernel and the machine.
  ...(['bpf', 'perf_event_open', 'userfaultfd', 'keyctl', 'add_key', 'request_key', 'lookup_dcookie'] as const),
  ...(['init_module', 'finit_module', 'delete_module', 'kexec_load', 'kexec_file_load', 'reboot'] as const),
  ...(['swapon', 'swapoff', 'syslog', 'acct', 'vhangup', 'iopl', 'ioperm', 'modify_ldt', 'personality'] as const),
  ...(['sethostname', 'setdomainname', 'settimeofday', 'clock_settime', 'adjtimex', 'clock_adjtime'] as const),
  // Other users.
  ...(['setuid', 'setgid', 'setreuid', 'setregid', 'setresuid', 'setresgid', 'setgroups'] as const),
  ...(['setfsuid', 'setfsgid'] as const),
];

/** `CLONE_THREAD`, and with the flags of all namespaces. */
const cloneThread = 0x10000;
const cloneThreadAndNamespaces = 0x7e030080;
const emptyPath = 0x1000;
/** F_SETOWN, F_SETSIG and F_SETOWN_EX; FIOSETOWN and SIOCSPGRP; TIOCSTI: they send signals or keys to others. */
const ownerCommands = [8, 10, 15];
const ownerRequests = [0x8901, 0x8902, 0x5412];
/** `O_TRUNC`, and with the bits for writing. */
const truncate = 0o1000;
const truncateAndAccess = 0o1003;

/**
 * Returns the rules of a renderer. It may start threads but no process, and signal only itself. It may make the one execveat
 * that starts it: of the descriptor `program`.
 */
export function listSyscallRules({ pid, program }: { pid: number; program: number }): SyscallRule[] {
  const own = (name: SyscallName, ...values: number[]): SyscallRule => ({
    name,
    refusal: EPERM,
    conditions: [{ argument: 0, values }],
  });
  const opens = (name: SyscallName, argument: number): SyscallRule => ({
    name,
    refusal: EACCES,
    // Before version 3, Landlock lets a file that is opened for reading be truncated.
    conditions: [{ argument, mask: truncateAndAccess, values: [truncate], isRefused: true }],
  });
  return [
    ...never.map((name) => ({ name, refusal: EPERM, conditions: [] })),
    // Their flags are in memory, where a filter cannot read them. The C library tries the older call then.
    { name: 'clone3', refusal: ENOSYS, conditions: [] },
    { name: 'openat2', refusal: ENOSYS, conditions: [] },
    {
      name: 'clone',
      refusal: EPERM,
      conditions: [{ argument: 0, mask: cloneThreadAndNamespaces, values: [cloneThread] }],
    },
    {
      name: 'execveat',
      refusal: EPERM,
      conditions: [
        { argument: 0, values: [program] },
        { argument: 4, values: [emptyPath] },
      ],
    },
    ...(['kill', 'tgkill', 'rt_sigqueueinfo', 'rt_tgsigqueueinfo'] as const).map((name) => own(name, pid)),
    ...(['prlimit64', 'sched_setaffinity', 'sched_setscheduler', 'sched_setparam'] as const).map((name) =>
      own(name, 0, pid),
    ),
    { name: 'setpriority', refusal: EPERM, conditions: [0, 1].map((argument) => ({ argument, values: [0] })) },
    {
      name: 'ioprio_set',
      refusal: EPERM,
      conditions: [1, 0].map((value, argument) => ({ argument, values: [value] })),
    },
    opens('open', 1),
    opens('openat', 2),
    { name: 'fcntl', refusal: EPERM, conditions: [{ argument: 1, values: ownerCommands, isRefused: true }] },
    { name: 'ioctl', refusal: EPERM, conditions: [{ argument: 1, values: ownerRequests, isRefused: true }] },
  ];
}

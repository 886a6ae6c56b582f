import { AppError } from '@thumbnail-api/errors';

/**
 * A shell that starts its arguments as a command and stops that command when nobody holds the shell's standard input
 * any more: the kernel closes a pipe even for a parent that was killed. SIGINT is the fast shutdown of Postgres,
 * SIGQUIT the immediate one. The watching half lives on when only the waiting half is killed.
 */
const guardScript = `
trap '' INT TERM HUP
exec 3<&0 </dev/null
"$@" 3<&- >&2 &
command=$!
echo "$command"
exec >&2
(
  read -r end <&3
  for signal in INT QUIT KILL; do
    kill -"$signal" "$command" 2>/dev/null || exit 0
    tries=100
    while [ "$tries" -gt 0 ] && kill -0 "$command" 2>/dev/null; do sleep 0.1; tries=$((tries - 1)); done
  done
) &
watcher=$!
exec 3<&-
wait "$command"
code=$?
kill -KILL "$watcher" 2>/dev/null
exit "$code"
`;

/** A command that cannot outlive the process that started it. */
export interface GuardedProcess {
  /** Process id of the command itself. */
  pid: number;
  /** The command's exit status, once it has ended. */
  exited: Promise<number>;
  /** Stops the command and waits for its end: SIGINT, after 10 s SIGQUIT, after 10 s more SIGKILL. Idempotent. */
  stop(): Promise<void>;
}

// A pipe that nobody refers to is closed by the garbage collector, and the command would stop.
const running = new Set<Bun.Subprocess>();

/**
 * Starts a command that ends when this process ends, even by SIGKILL, and that no terminal's Ctrl-C reaches.
 *
 * Its output goes to the open file `output`. It does not keep this process alive.
 *
 * @throws AppError `unavailable` when it cannot be started
 */
export async function startGuarded(
  command: string[],
  options: { output: number; environment: Record<string, string> },
): Promise<GuardedProcess> {
  const guard = Bun.spawn(['/bin/sh', '-c', guardScript, 'guard', ...command], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: options.output,
    env: options.environment,
    detached: true,
  });
  running.add(guard);
  const exited = guard.exited.finally(() => running.delete(guard));
  const pid = Number(await new Response(guard.stdout).text());
  guard.unref();
  if (!pid) throw new AppError('unavailable', `The program ${command[0]} could not be started.`);
  const stop = async () => {
    guard.ref();
    await guard.stdin.end();
    await exited;
  };
  return { pid, exited, stop };
}

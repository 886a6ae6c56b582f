import { AppError } from '@thumbnail-api/errors';

/**
 * A shell script that runs its arguments as a command, and stops the command when the shell's standard input closes. The
 * kernel closes that pipe even if the parent is killed. A subshell waits for this, and survives if the shell itself is
 * killed. For Postgres, SIGINT is the fast shutdown and SIGQUIT the immediate one.
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
  /** Process id of the command. */
  pid: number;
  /** Resolves with the command's exit status. */
  exited: Promise<number>;
  /** Stops the command and waits until it has exited: SIGINT, after 10 s SIGQUIT, after another 10 s SIGKILL. Idempotent. */
  stop(): Promise<void>;
}

// Keeps the pipes reachable: the garbage collector would close them, and the commands would stop.
const running = new Set<Bun.Subprocess>();

/**
 * Starts a command that is stopped when this process exits, even by SIGKILL. Ctrl-C in the terminal does not reach it.
 *
 * Its output goes to the open file `output`. It does not keep this process alive.
 *
 * @throws AppError `unavailable` if the command cannot be started
 */
export async function startGuardedProcess(
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

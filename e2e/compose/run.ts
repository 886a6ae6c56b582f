interface RunOptions {
  cwd?: string;
  /** What the program reads from stdin. */
  input?: string;
}

/** What a program wrote, and its exit code. */
export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program and returns its result, whatever its exit code. */
export async function tryRun(command: string[], { cwd, input }: RunOptions = {}): Promise<RunResult> {
  const child = Bun.spawn(command, {
    ...(cwd ? { cwd } : {}),
    stdin: input === undefined ? 'ignore' : new Blob([input]),
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, stdout: stdout.trim(), stderr: stderr.trim() };
}

/** Runs a program and returns its stdout. @throws Error with the end of its output when the exit code is not 0 */
export async function run(command: string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await tryRun(command, options);
  if (code !== 0) throw new Error(`${command.join(' ')} exited with ${code}:\n${stdout}\n${stderr}`.slice(-4_000));
  return stdout;
}

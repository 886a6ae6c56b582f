/** The outcome of a command. */
export interface CommandOutcome {
  /** 127 if the program was not found. */
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** The environment of all commands of this package. The caller's variables must not reach Postgres. */
export const plainEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
};

/** Runs a short command with `input` on its standard input and waits for it. Does not throw if the program is missing. */
export async function runCommand(
  command: string[],
  options: { input?: string; environment?: Record<string, string> } = {},
): Promise<CommandOutcome> {
  try {
    const child = Bun.spawn(command, {
      stdin: new TextEncoder().encode(options.input ?? ''),
      stdout: 'pipe',
      stderr: 'pipe',
      env: options.environment ?? plainEnvironment,
    });
    const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    return { exitCode: await child.exited, stdout, stderr };
  } catch (error) {
    return { exitCode: 127, stdout: '', stderr: String(error) };
  }
}

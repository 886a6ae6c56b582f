/** How a finished command ended. */
export interface CommandOutcome {
  /** 127 when the program was not found. */
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** All that a command of this package sees of the environment: what the caller has set must not reach Postgres. */
export const plainEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
};

/** Runs a short command to its end with `input` on its standard input; a program that is missing does not throw. */
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

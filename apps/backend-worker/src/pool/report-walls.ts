import { ConfigError, type RendererSandbox } from '@thumbnail-api/config';
import { parseWalls, type Walls } from '@thumbnail-api/renderer-protocol';
import { withDeadline } from '@thumbnail-api/resilience';
import type { Logger } from '@thumbnail-api/telemetry';
import { launcher } from './renderer-command.ts';

const noWalls: Walls = { landlock: 0, seccomp: false };
/** As generous as the start of a renderer. */
const findDeadline = { deadlineMs: 60_000, code: 'internal_error', message: 'The launcher did not answer.' } as const;
const advice =
  'Use Linux 5.13 or newer with Landlock, and a container runtime that allows it, or RENDERER_SANDBOX=auto.';

/**
 * Finds out which walls this kernel offers to renderers, and logs which of them stand.
 *
 * @throws ConfigError if they are required and one of them is missing
 */
export async function reportWalls(sandbox: RendererSandbox, log: Logger): Promise<Walls> {
  const walls = sandbox === 'off' ? noWalls : await withDeadline(findDeadline, findWalls);
  const isComplete = walls.landlock > 0 && walls.seccomp;
  if (isComplete) log.info(walls, 'renderers run in a sandbox');
  else if (sandbox === 'required')
    throw new ConfigError([`RENDERER_SANDBOX is required, but this machine has ${describe(walls)}. ${advice}`]);
  else log.warn({ ...walls, sandbox }, 'renderers run without a complete sandbox, see docs/operations.md');
  return walls;
}

async function findWalls(signal: AbortSignal): Promise<Walls> {
  const child = Bun.spawn([process.execPath, '--no-env-file', launcher], {
    env: {},
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'ignore',
    signal,
  });
  return parseWalls(await new Response(child.stdout).text());
}

function describe({ landlock, seccomp }: Walls): string {
  if (landlock > 0) return 'no seccomp';
  return seccomp ? 'no Landlock' : 'neither Landlock nor seccomp';
}

import { run } from './run.ts';

/** The fields of `docker inspect` that the tests check. */
export interface Inspected {
  Name: string;
  Config: { User: string };
  HostConfig: {
    CapDrop: string[] | null;
    CapAdd: string[] | null;
    Memory: number;
    PidsLimit: number | null;
    Privileged: boolean;
    ReadonlyRootfs: boolean;
    SecurityOpt: string[] | null;
  };
  NetworkSettings: { Networks: Record<string, unknown>; Ports: Record<string, { HostIp: string }[] | null> };
  State: { Pid: number; Running: boolean; Health?: { Status: string } };
}

/** Inspects a container. @throws Error when the engine does not know it */
export async function inspect(container: string): Promise<Inspected> {
  const [inspected] = JSON.parse(await run(['docker', 'inspect', container])) as Inspected[];
  if (!inspected) throw new Error(`${container} is unknown`);
  return inspected;
}

/** Says whether the health check of a container passes. */
export const isHealthy = async (container: string): Promise<boolean> =>
  (await inspect(container)).State.Health?.Status === 'healthy';

/** Runs a program inside a container and returns its stdout. */
export const execute = (container: string, ...command: string[]): Promise<string> =>
  run(['docker', 'exec', container, ...command]);

/**
 * Kills the main process of a container with SIGKILL from another container, so that the engine sees a crash. After
 * `docker kill` the engine does not apply the restart policy. `image` has Bun in it.
 */
export async function crash(container: string, image: string): Promise<void> {
  const { State } = await inspect(container);
  const isolation = ['--pid=host', '--user=0', '--network=none', '--cap-drop=ALL', '--cap-add=KILL'];
  const kill = ['bun', '-e', `process.kill(${State.Pid}, 'SIGKILL')`];
  await run(['docker', 'run', '--rm', '--no-healthcheck', ...isolation, image, ...kill]);
}

/** Returns the size of the layers that an image adds to its base, in bytes. */
export async function addedBytes(image: string, base: string): Promise<number> {
  const sizes = await run(['docker', 'image', 'inspect', '--format', '{{.Size}}', image, base]);
  const [imageBytes = 0, baseBytes = 0] = sizes.split('\n').map(Number);
  return imageBytes - baseBytes;
}

import { demand } from './run.ts';

/** What `docker inspect` says of a container, as far as the tests look. */
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

/** Asks the engine about a container. */
export async function inspect(container: string): Promise<Inspected> {
  const [inspected] = JSON.parse(await demand(['docker', 'inspect', container])) as Inspected[];
  if (!inspected) throw new Error(`${container} is unknown`);
  return inspected;
}

/** Runs a program inside a container and returns what it wrote. */
export const execute = (container: string, ...command: string[]): Promise<string> =>
  demand(['docker', 'exec', container, ...command]);

/**
 * Ends the first process of a container with SIGKILL, from outside and without the engine knowing why: to `docker kill`
 * a container means to stop it, and then no restart policy brings it back.
 */
export async function crash(container: string): Promise<void> {
  const { State } = await inspect(container);
  const powers = ['--pid=host', '--user=0', '--network=none', '--cap-drop=ALL', '--cap-add=KILL'];
  const kill = ['bun', '-e', `process.kill(${State.Pid}, 'SIGKILL')`];
  await demand([
    'docker',
    'run',
    '--rm',
    '--no-healthcheck',
    ...powers,
    'localhost/thumbnail-api/backend-api',
    ...kill,
  ]);
}

/** Bytes of the layers that an image adds to its base. */
export async function addedBytes(image: string, base: string): Promise<number> {
  const sizes = await demand(['docker', 'image', 'inspect', '--format', '{{.Size}}', image, base]);
  const [whole = 0, below = 0] = sizes.split('\n').map(Number);
  return whole - below;
}

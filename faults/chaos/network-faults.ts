import { type Fault, pass, unavailableAnswer } from '../network/fault.ts';
import type { FaultyProxy } from '../network/faulty-proxy.ts';
import type { Random } from './random.ts';
import type { Scene } from './scene.ts';

/** Something that goes wrong for a while. */
export interface Trouble {
  name: string;
  /** Breaks it, and gives what heals it. */
  strike(): Promise<() => Promise<void>>;
  /** How long it stays broken. */
  forMs: number;
}

const everywhere: readonly [Fault, ...Fault[]] = [
  { kind: 'down' },
  { kind: 'hang' },
  { kind: 'vanish' },
  { kind: 'reset' },
  { kind: 'slow', delayMs: 80 },
  { kind: 'reply lost' },
];
const onS3: readonly [Fault, ...Fault[]] = [...everywhere, unavailableAnswer, { kind: 'cut', afterBytes: 700 }];

/** Picks a connection of the fleet and what its network does to it, for at most 4 s. */
export function pickNetworkTrouble({ stack }: Scene, random: Random): Trouble {
  const side = random.pick(['api', 'worker'] as const);
  const server = random.pick(stack.redis ? (['postgres', 's3', 'redis'] as const) : (['postgres', 's3'] as const));
  const fault = random.pick(server === 's3' ? onS3 : everywhere);
  const proxy: FaultyProxy | null = stack[side][server];
  return {
    name: `${side} to ${server}: ${fault.kind === 'answer' ? '503' : fault.kind}`,
    forMs: random.between(300, 4_000),
    strike: async () => {
      await proxy?.set(fault);
      return async () => await proxy?.set(pass);
    },
  };
}

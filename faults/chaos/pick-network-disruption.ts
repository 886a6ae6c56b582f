import { type Fault, pass, unavailableAnswer } from '../network/fault.ts';
import type { Random } from './seed-random.ts';
import type { Fleet } from './start-fleet.ts';

/** Something that breaks for a while. */
export interface Disruption {
  name: string;
  durationMs: number;
  /** Breaks it, and returns a function that repairs it. */
  start(): Promise<() => Promise<void>>;
}

const faults: readonly [Fault, ...Fault[]] = [
  { kind: 'down' },
  { kind: 'hang' },
  { kind: 'vanish' },
  { kind: 'reset' },
  { kind: 'slow', delayMs: 80 },
  { kind: 'reply lost' },
];
const s3Faults: readonly [Fault, ...Fault[]] = [...faults, unavailableAnswer, { kind: 'cut', afterBytes: 700 }];

/** Picks a network fault between one kind of app and one server, for at most 4 seconds. */
export function pickNetworkDisruption({ stack }: Fleet, random: Random): Disruption {
  const app = random.pick(['api', 'worker'] as const);
  const server = random.pick(stack.redis ? (['postgres', 's3', 'redis'] as const) : (['postgres', 's3'] as const));
  const fault = random.pick(server === 's3' ? s3Faults : faults);
  const proxy = stack[app][server];
  return {
    name: `${app} to ${server}: ${fault.kind === 'answer' ? '503' : fault.kind}`,
    durationMs: random.between(300, 4_000),
    start: async () => {
      await proxy?.set(fault);
      return async () => await proxy?.set(pass);
    },
  };
}

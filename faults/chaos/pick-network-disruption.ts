import { type Fault, pass, unavailableAnswer } from '../network/fault.ts';
import type { Stack } from '../stack/start-stack.ts';
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

/** How many network faults there are for one outage of the store. */
const faultsPerOutage = 8;

/** Picks a network fault between one kind of app and one server for at most 4 seconds, or a long outage of the store. */
export function pickNetworkDisruption({ stack }: Fleet, random: Random, seconds: number): Disruption {
  const kind = random.deal(['outage', ...Array<string>(faultsPerOutage).fill('fault')]);
  if (kind === 'outage') return storeOutage(stack, seconds);
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

/** Nothing reaches the store for a minute, or for a third of a shorter run. */
function storeOutage({ api, worker }: Stack, seconds: number): Disruption {
  const setBoth = async (fault: Fault) => void (await Promise.all([api.s3.set(fault), worker.s3.set(fault)]));
  const start = async () => {
    await setBoth({ kind: 'down' });
    return () => setBoth(pass);
  };
  return { name: 'outage of the store', durationMs: Math.min(60, seconds / 3) * 1_000, start };
}

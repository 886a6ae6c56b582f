import { parseArgs } from 'node:util';
import { countFaults } from '../checker/check-history.ts';
import type { Backend } from '../stack/start-stack.ts';
import { openScene } from './open-scene.ts';
import { type ChaosReport, runChaos } from './run-chaos.ts';

// bun run test:chaos -- --seconds 60 --seed 7 --queue redis
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    queue: { type: 'string', default: 'redis,postgres' },
  },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed);
const say = (line: string) => process.stdout.write(`${line}\n`);
let faults = 0;

for (const backend of values.queue.split(',') as Backend[]) {
  const scene = await openScene(backend);
  try {
    say(`\nchaos: queue on ${backend}, S3 is ${scene.s3}, ${seconds} s, --seed ${seed}`);
    faults += tell(await runChaos(scene, { seconds, seed }), seed);
    const restarts = [...scene.apis, ...scene.workers].reduce((sum, app) => sum + app.restarts(), 0);
    say(`restarts of apps: ${restarts}`);
  } finally {
    await scene.close();
  }
}
say(`\n Tests  ${faults === 0 ? '1 passed' : '1 failed'} (chaos, --seed ${seed})`);
process.exit(faults === 0 ? 0 : 1);

function tell({ uploads, troubles, verdict, ends, slowest, drainedMs }: ChaosReport, used: number): number {
  const count = (outcome: string) => uploads.filter((upload) => upload.outcome === outcome).length;
  const struck = [...troubles.values()].reduce((sum, times) => sum + times, 0);
  say(
    `uploads: ${uploads.length} sent, ${count('accepted')} accepted, ${count('refused')} refused, ${count('unknown')} unknown`,
  );
  say(`troubles: ${struck}`);
  for (const [name, times] of [...troubles].sort()) say(`  ${times} x ${name}`);
  say(`jobs ended: ${[...ends].map(([name, times]) => `${times} ${name}`).join(', ')}`);
  say(
    `slowest job ${(slowest.tookMs / 1_000).toFixed(1)} s; all done ${(drainedMs / 1_000).toFixed(1)} s after the last trouble`,
  );
  say(
    `its life: ${slowest.life} (tries ${slowest.tries}, crashes ${slowest.crashes}, lost leases ${slowest.lostLeases})`,
  );
  const names = Object.entries(verdict) as [string, string[]][];
  say(names.map(([name, found]) => `${name} ${found.length}`).join(', '));
  for (const [name, found] of names) for (const line of found.slice(0, 10)) say(`  ${name}: ${line}`);
  if (countFaults(verdict) > 0) say(`again: bun run test:chaos -- --seconds ${seconds} --seed ${used}`);
  return countFaults(verdict);
}

import { parseArgs } from 'node:util';
import { countFaults } from '../checker/check-history.ts';
import type { Backend } from '../stack/start-stack.ts';
import { isLongRun } from './pick-process-disruption.ts';
import { type ChaosReport, runChaos } from './run-chaos.ts';
import { startFleet } from './start-fleet.ts';

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
const print = (line: string) => process.stdout.write(`${line}\n`);
let faults = 0;

for (const backend of values.queue.split(',') as Backend[]) {
  const fleet = await startFleet(backend, { hasPreviousVersion: isLongRun(seconds) });
  try {
    print(`\nchaos: queue on ${backend}, S3 is ${fleet.s3Name}, ${seconds} s, --seed ${seed}`);
    const report = await runChaos(fleet, { seconds, seed });
    printReport(report);
    const restarts = [...fleet.apis, ...fleet.workers].reduce((sum, app) => sum + app.restarts(), 0);
    print(`restarts of apps: ${restarts}`);
    faults += countFaults(report.verdict);
  } finally {
    await fleet.close();
  }
}
if (faults > 0) print(`run it again: bun run test:chaos -- --seconds ${seconds} --seed ${seed}`);
print(`\n Tests  ${faults === 0 ? '1 passed' : '1 failed'} (chaos, --seed ${seed})`);
process.exit(faults === 0 ? 0 : 1);

function printReport({ uploads, disruptions, verdict, forgotten, ends, slowest, settledMs }: ChaosReport): void {
  const count = (outcome: string) => uploads.filter((upload) => upload.outcome === outcome).length;
  const toSeconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  const outcomes = ['accepted', 'refused', 'unknown'].map((outcome) => `${count(outcome)} ${outcome}`);
  print(`uploads: ${uploads.length} sent, ${outcomes.join(', ')}`);
  print(`disruptions: ${[...disruptions.values()].reduce((sum, times) => sum + times, 0)}`);
  for (const [name, times] of [...disruptions].sort()) print(`  ${times} x ${name}`);
  print(`jobs ended: ${[...ends].map(([name, times]) => `${times} ${name}`).join(', ')}`);
  print(`jobs that a restored database does not know: ${forgotten}`);
  print(`every job ended ${toSeconds(settledMs)} after the last repair`);
  const { durationMs, history, tries, crashes, lostLeases } = slowest;
  print(`slowest job: ${toSeconds(durationMs)}, tries ${tries}, crashes ${crashes}, lost leases ${lostLeases}`);
  print(`  ${history}`);
  const found = Object.entries(verdict) as [string, string[]][];
  print(`faults: ${found.map(([name, lines]) => `${name} ${lines.length}`).join(', ')}`);
  for (const [name, lines] of found) for (const line of lines.slice(0, 10)) print(`  ${name}: ${line}`);
}

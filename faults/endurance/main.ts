import { parseArgs } from 'node:util';
import { readUse } from '@thumbnail-api/testing/processes';
import { startFleet } from '../chaos/start-fleet.ts';
import { checkHistory, countFaults } from '../checker/check-history.ts';
import { readState } from '../checker/read-state.ts';
import { waitForAllJobs } from '../stack/read-jobs.ts';
import { sendImage } from '../stack/send-image.ts';
import { sendMessages } from '../stack/send-messages.ts';
import type { Backend } from '../stack/start-stack.ts';

// bun run test:endurance -- --jobs 10000 --queue redis
const { values } = parseArgs({
  options: { jobs: { type: 'string', default: '10000' }, queue: { type: 'string', default: 'redis' } },
});
const samples = 10;
const jobsPerSample = Math.ceil(Number(values.jobs) / samples);
const senders = 8;
const print = (line: string) => process.stdout.write(`${line}\n`);
const fleet = await startFleet(values.queue as Backend, { hasPreviousVersion: false });
const { stack, apis, workers } = fleet;
const uploads = [fleet.firstUpload];

try {
  const startedAt = performance.now();
  for (let sample = 1; sample <= samples; sample += 1) {
    await sendJobs(jobsPerSample);
    print(`after ${uploads.length} jobs: ${await describeUse()}`);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const faults = countFaults(checkHistory(uploads, await readState(stack.sql, stack.bucket)));
  print(`${uploads.length} uploads, ${(uploads.length / seconds).toFixed(1)} jobs per second, faults: ${faults}`);
} finally {
  await fleet.close();
}

async function sendJobs(count: number): Promise<void> {
  let left = count;
  const sendNext = async () => {
    while (left > 0) {
      left -= 1;
      uploads.push(await sendImage(apis[left % 2 === 0 ? 0 : 1].current()));
    }
  };
  await Promise.all(Array.from({ length: senders }, sendNext));
  await waitForAllJobs(stack.sql, 600_000);
}

/** Describes the messages in the queue, and memory and open files of every process. */
async function describeUse(): Promise<string> {
  const messages = await sendMessages(stack, Bun.randomUUIDv7(), []);
  const renderers = (await Promise.all(workers.map((worker) => worker.current().children()))).flat();
  const pids = [...[...apis, ...workers].map((app) => app.current().pid), ...renderers];
  const uses = pids
    .map(readUse)
    .map(({ memoryBytes, sockets }) => `${Math.round(memoryBytes / 1_048_576)} MiB/${sockets}`);
  return `queue ${messages}, memory/open files of the APIs, workers and renderers: ${uses.join(', ')}`;
}

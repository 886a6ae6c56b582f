import { parseArgs } from 'node:util';
import { readUse } from '@thumbnail-api/testing/processes';
import { openScene } from '../chaos/open-scene.ts';
import { checkHistory, countFaults } from '../checker/check-history.ts';
import type { Upload } from '../checker/history.ts';
import { readState } from '../checker/read-state.ts';
import { untilAllEnded } from '../stack/read-job.ts';
import { sendMessages } from '../stack/send-message.ts';
import { sendPicture } from '../stack/send-picture.ts';
import type { Backend } from '../stack/start-stack.ts';

// bun run test:endurance -- --jobs 10000 --queue redis
const { values } = parseArgs({
  options: { jobs: { type: 'string', default: '10000' }, queue: { type: 'string', default: 'redis' } },
});
const count = Number(values.jobs);
const looks = 10;
const jobsBetween = Math.ceil(count / looks);
const atATime = 8;
const say = (line: string) => process.stdout.write(`${line}\n`);
const scene = await openScene(values.queue as Backend);
const { stack, apis, workers } = scene;
const uploads: Upload[] = [scene.first];

try {
  const began = performance.now();
  for (let done = 1; done <= looks; done += 1) {
    await send(jobsBetween);
    tell(`after ${uploads.length} jobs`, await look());
  }
  const seconds = (performance.now() - began) / 1_000;
  const verdict = checkHistory(uploads, await readState(stack.sql, stack.bucket));
  say(
    `${uploads.length} uploads, ${(uploads.length / seconds).toFixed(1)} jobs a second, faults: ${countFaults(verdict)}`,
  );
} finally {
  await scene.close();
}

async function send(jobs: number): Promise<void> {
  let left = jobs;
  const sender = async () => {
    while (left > 0) {
      left -= 1;
      uploads.push(await sendPicture(apis[left % 2 === 0 ? 0 : 1]?.current() ?? apis[0].current()));
    }
  };
  await Promise.all(Array.from({ length: atATime }, sender));
  await untilAllEnded(stack.sql, 600_000);
}

async function look() {
  const queue = await sendMessages(stack, Bun.randomUUIDv7(), []);
  const renderers = (await Promise.all(workers.map((worker) => worker.current().children()))).flat();
  const pids = [...[...apis, ...workers].map((app) => app.current().pid), ...renderers];
  return { queue, uses: pids.map(readUse) };
}

function tell(when: string, { queue, uses }: Awaited<ReturnType<typeof look>>): void {
  const each = uses.map(({ memoryBytes, sockets }) => `${Math.round(memoryBytes / 1_048_576)} MiB/${sockets}`);
  say(`${when}: queue ${queue}, memory/open files of the APIs, workers and renderers: ${each.join(', ')}`);
}

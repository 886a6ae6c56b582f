import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { addedBytes, crash, execute, inspect } from './containers.ts';
import { demand } from './run.ts';
import { createStack, type Stack } from './stack.ts';
import { until } from './until.ts';
import { follow, makePicture, type Resource, sendPicture, waitForEnd, walk } from './walk.ts';

const base = 'oven/bun:1.4.5-slim';
const ours = ['api', 'worker'];
const others = ['db', 'redis', 'minio'];
const megabyte = 1_000_000;

let stack: Stack;

const start = async () => {
  await stack.compose('up', '-d', '--scale', 'worker=2');
  await ready();
};
const ready = async () => {
  const answer = async () => ((await fetch(`${stack.url}/health/ready`)).ok ? true : undefined);
  await until(answer).catch(async (cause) => {
    throw new Error(`not ready:\n${await stack.compose('logs', '--tail', '20', ...ours)}`, { cause });
  });
};
const running = async (services: string[]) =>
  (await Promise.all(services.map((name) => stack.containers(name)))).flat();
const fingerprint = async (job: Resource) =>
  Promise.all(['Download', 'View Original'].map(async (name) => Bun.hash(await (await follow(job, name)).bytes())));

beforeAll(async () => {
  stack = await createStack(inject('compose'));
  await stack.compose('build');
  await start();
});

afterAll(async () => {
  await stack?.remove();
});

test('a walk from / ends at a thumbnail of 100 x 100', async () => {
  const { thumbnail } = await walk(stack.url);
  const { width, height, format } = await sharp(thumbnail).metadata();
  expect({ width, height, format }).toEqual({ width: 100, height: 100, format: 'webp' });
});

test('the text of an SVG is drawn with letters: the image brings its fonts', async () => {
  const inkOf = async (letters: string) => {
    const text = `<text y="40" font-size="24">${letters}</text>`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">${text}</svg>`;
    const job = await waitForEnd(await sendPicture(stack.url, new TextEncoder().encode(svg)));
    const { channels } = await sharp(await (await follow(job, 'Download')).bytes()).stats();
    return channels.at(-1)?.mean ?? 0;
  };
  expect(await inkOf('WWWW')).toBeGreaterThan(2 * (await inkOf('iiii')));
});

test('two workers run side by side', async () => {
  await until(async () => {
    const workers = await Promise.all((await stack.containers('worker')).map(inspect));
    return workers.filter(({ State }) => State.Health?.Status === 'healthy').length === 2 ? true : undefined;
  });
});

describe('what the engine enforces', () => {
  test.each([...ours, ...others])('%s has a read-only root, few powers and a limit of memory', async (service) => {
    for (const container of await stack.containers(service)) {
      const { HostConfig } = await inspect(container);
      expect(HostConfig).toMatchObject({ Privileged: false, ReadonlyRootfs: true, CapDrop: ['ALL'] });
      expect(HostConfig.SecurityOpt).toContain('no-new-privileges:true');
      expect(HostConfig.Memory).toBeGreaterThan(0);
      expect(HostConfig.PidsLimit).toBeGreaterThan(0);
    }
  });

  test.each(ours)('%s is an ordinary user without any capability, and can write to /tmp alone', async (service) => {
    for (const container of await stack.containers(service)) {
      const status = await execute(container, 'cat', '/proc/1/status', '/proc/self/status');
      expect(await execute(container, 'id', '-u')).toBe('1000');
      expect([...status.matchAll(/^Cap(?:Prm|Eff|Bnd):\s*(\w+)$/gm)].map(([, set]) => Number(`0x${set}`))).toEqual(
        Array(6).fill(0),
      );
      expect(
        await execute(container, 'sh', '-c', 'touch /app/x || touch /home/bun/x || touch /tmp/x && echo done'),
      ).toBe('done');
      await expect(execute(container, 'touch', '/app/x')).rejects.toThrow();
      expect((await inspect(container)).HostConfig.CapAdd ?? []).toEqual([]);
    }
  });

  test("only the API and MinIO's console are published, and on this machine alone", async () => {
    const published: string[] = [];
    for (const container of await running([...ours, ...others])) {
      const { NetworkSettings } = await inspect(container);
      for (const [port, hosts] of Object.entries(NetworkSettings.Ports))
        for (const { HostIp } of hosts ?? []) published.push(`${HostIp} ${port}`);
    }
    expect(published.sort()).toEqual(['127.0.0.1 8080/tcp', '127.0.0.1 9001/tcp']);
  });

  test('a worker stands in no network with a way out', async () => {
    const [worker = ''] = await stack.containers('worker');
    const networks = Object.keys((await inspect(worker)).NetworkSettings.Networks);
    expect(networks).toHaveLength(1);
    expect(await demand(['docker', 'network', 'inspect', '--format', '{{.Internal}}', ...networks])).toBe('true');
  });

  test('no image carries a secret or a test', async () => {
    for (const image of ['localhost/thumbnail-api/backend-api', 'localhost/thumbnail-api/backend-worker']) {
      const look = "find /app -not -path '*/node_modules/*' \\( -name '.env*' -o -name '*.test.ts' -o -name .git \\)";
      expect(await demand(['docker', 'run', '--rm', '--network=none', image, 'sh', '-c', look])).toBe('');
    }
  });
});

test('the application user may put, get, delete and list in its bucket and nothing else', async () => {
  const [minio = ''] = await stack.containers('minio');
  const script = await readFile('e2e/compose/application-user-rights.sh', 'utf8');
  const keys = ['-e', 'S3_ACCESS_KEY=thumbnail-api', '-e', 'S3_SECRET_KEY=change-me-app'];
  const said = await demand(['docker', 'exec', '-i', ...keys, minio, 'sh', '-s'], { input: script });
  const allowed = said.split('\n').filter((line) => line.startsWith('allowed'));
  expect(allowed).toEqual(['allowed put', 'allowed list', 'allowed get', 'allowed delete']);
  expect(said.split('\n').filter((line) => line.startsWith('denied'))).toHaveLength(14);

  // Not by the client, whose `rb --force` empties a bucket before it asks whether it may remove it.
  const [worker = ''] = await stack.containers('worker');
  const remove = `import { DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
    const { S3_ENDPOINT: endpoint, S3_ACCESS_KEY: accessKeyId, S3_SECRET_KEY: secretAccessKey, S3_BUCKET: Bucket } = process.env;
    const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
    console.log(await client.send(new DeleteBucketCommand({ Bucket })).then(() => 'removed', ({ name }) => name));`;
  const answer = await demand(['docker', 'exec', '-w', '/app/packages/storage', worker, 'bun', '-e', remove]);
  expect(answer).toBe('AccessDenied');
});

test.each([...ours, ...others])('a crashed %s comes back by itself, and the walk passes again', async (service) => {
  const [victim = ''] = await stack.containers(service);
  const before = (await inspect(victim)).State.Pid;
  await crash(victim);
  await until(async () => {
    const { State } = await inspect(victim);
    return State.Pid !== before && State.Health?.Status === 'healthy' ? true : undefined;
  });
  await ready();
  await walk(stack.url);
});

test('everything killed in mid-work loses no accepted job', async () => {
  const all = await running([...ours, ...others]);
  const picture = await makePicture(2_000, 1_500);
  const jobs: Resource[] = [];
  // Another round where all were done before anybody looked.
  await until(async () => {
    const round = await Promise.all(Array.from({ length: 24 }, () => sendPicture(stack.url, picture)));
    jobs.push(...round);
    const seen = await Promise.all(
      round.map(async (job) => (await (await follow(job, 'View Details')).json()) as Resource),
    );
    return seen.some(({ status }) => status === 'processing') || undefined;
  });
  await demand(['docker', 'kill', ...all]);
  await start();
  const ended = await Promise.all(jobs.map(waitForEnd));
  expect(ended.map(({ status }) => status)).toEqual(jobs.map(() => 'success'));
});

test('down and up again keeps every job and picture', async () => {
  const { job } = await walk(stack.url);
  const before = await fingerprint(job);
  await stack.compose('down');
  await start();
  expect(await fingerprint(await waitForEnd(job))).toEqual(before);
});

test('a backup is proved, and brings every job and picture back into an installation that lost all', async () => {
  const { job } = await walk(stack.url);
  const before = await fingerprint(job);
  const backup = await mkdtemp(join(tmpdir(), 'thumbnail-backup-'));
  await stack.script('deploy/backup/back-up.sh', backup);
  const proof = await stack.script('deploy/backup/prove-backup.sh', backup);
  expect(proof).toMatch(/[1-9]\d* jobs success/);
  expect(proof).toMatch(/[1-9]\d* objects checked, all match their checksums/);

  const originals = join(backup, 'objects', 'originals');
  await rm(join(originals, (await readdir(originals))[0] ?? ''));
  await expect(stack.script('deploy/backup/prove-backup.sh', backup, '100000')).rejects.toThrow('objects are missing');
  await stack.script('deploy/backup/back-up.sh', backup);
  await stack.script('deploy/backup/prove-backup.sh', backup, '100000');

  await stack.compose('down', '--volumes');
  await stack.script('deploy/backup/restore.sh', backup, '--confirm');
  await start();
  expect(await fingerprint(await waitForEnd(job))).toEqual(before);
  await walk(stack.url);
  await rm(backup, { recursive: true });
});

test.each([
  ['localhost/thumbnail-api/backend-api', 60],
  ['localhost/thumbnail-api/backend-worker', 100],
])('%s adds less than %i MB to its base', async (image, limit) => {
  const added = await addedBytes(image, base);
  process.stdout.write(`${image}: ${(added / megabyte).toFixed(1)} MB above ${base}\n`);
  expect(added).toBeLessThan(limit * megabyte);
});

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { waitUntil } from '../wait-until.ts';
import { drawNoise, follow, makeThumbnail, type Resource, sendImage, waitForEnd } from './client.ts';
import { addedBytes, crash, execute, inspect, isHealthy } from './containers.ts';
import { run } from './run.ts';
import { createStack, type Stack } from './stack.ts';

const base = 'oven/bun:1.4.5-slim';
const ours = ['api', 'worker'];
const others = ['db', 'redis', 'minio'];
const megabyte = 1_000_000;
const deadlineMs = 240_000;

let stack: Stack;

const running = async (services: string[]) =>
  (await Promise.all(services.map((name) => stack.containers(name)))).flat();
const fingerprint = async (job: Resource) =>
  Promise.all(['Download', 'View Original'].map(async (name) => Bun.hash(await (await follow(job, name)).bytes())));

beforeAll(async () => {
  stack = await createStack(inject('compose'), inject('images'));
  await stack.build();
  await stack.start();
});

afterAll(async () => {
  await stack?.remove();
});

test('a client that starts at / gets a thumbnail of 100 x 100', async () => {
  const { thumbnail } = await makeThumbnail(stack.url);
  const { width, height, format } = await sharp(thumbnail).metadata();
  expect({ width, height, format }).toEqual({ width: 100, height: 100, format: 'webp' });
});

test('the text of an SVG is drawn with the fonts of the image', async () => {
  const inkOf = async (letters: string) => {
    const text = `<text y="40" font-size="24">${letters}</text>`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">${text}</svg>`;
    const job = await waitForEnd(await sendImage(stack.url, new TextEncoder().encode(svg)));
    const { channels } = await sharp(await (await follow(job, 'Download')).bytes()).stats();
    return channels.at(-1)?.mean ?? 0;
  };
  expect(await inkOf('WWWW')).toBeGreaterThan(2 * (await inkOf('iiii')));
});

test('two workers run side by side', async () => {
  const areHealthy = async () => {
    const health = await Promise.all((await stack.containers('worker')).map(isHealthy));
    return health.length === 2 && health.every(Boolean);
  };
  await waitUntil('two workers are healthy', areHealthy, deadlineMs);
});

describe('container isolation', () => {
  test.each([...ours, ...others])('%s has a read-only root, no default capabilities, and limits', async (service) => {
    for (const container of await stack.containers(service)) {
      const { HostConfig } = await inspect(container);
      expect(HostConfig).toMatchObject({ Privileged: false, ReadonlyRootfs: true, CapDrop: ['ALL'] });
      expect(HostConfig.SecurityOpt).toContain('no-new-privileges:true');
      expect(HostConfig.Memory).toBeGreaterThan(0);
      expect(HostConfig.PidsLimit).toBeGreaterThan(0);
    }
  });

  test.each(ours)('%s runs as user 1000 without capabilities and can write only to /tmp', async (service) => {
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

  test("only the API and MinIO's console are published, and only on the loopback interface", async () => {
    const published: string[] = [];
    for (const container of await running([...ours, ...others])) {
      const { NetworkSettings } = await inspect(container);
      for (const [port, hosts] of Object.entries(NetworkSettings.Ports))
        for (const { HostIp } of hosts ?? []) published.push(`${HostIp} ${port}`);
    }
    expect(published.sort()).toEqual(['127.0.0.1 8080/tcp', '127.0.0.1 9001/tcp']);
  });

  test('a worker is only in an internal network', async () => {
    const [worker = ''] = await stack.containers('worker');
    const networks = Object.keys((await inspect(worker)).NetworkSettings.Networks);
    expect(networks).toHaveLength(1);
    expect(await run(['docker', 'network', 'inspect', '--format', '{{.Internal}}', ...networks])).toBe('true');
  });

  test('a renderer that runs an attacker’s code is refused everything', async () => {
    await stack.compose('stop', 'worker');
    const payload = join(import.meta.dirname, '../../apps/renderer/test/payload/main.ts');
    const mount = `${payload}:/app/apps/renderer/src/main.ts:ro`;
    const started = await stack.compose('run', '-d', '-e', 'RENDERER_SANDBOX=required', '-v', mount, 'worker');
    const [container = ''] = started.split('\n').slice(-1);
    const job = await waitForEnd(await sendImage(stack.url, await drawNoise(30, 20)));
    const log = await run(['docker', 'logs', container]);
    await run(['docker', 'rm', '--force', container]);
    await stack.compose('start', 'worker');
    expect(job.error).toMatchObject({ code: 'image_corrupt', message: 'A payload ran.' });
    const line = log.split('\n').find((text) => text.includes('A payload ran.')) ?? '{}';
    const { outcomes, has } = JSON.parse(JSON.parse(line).error.cause.message);
    process.stdout.write(`${JSON.stringify({ outcomes, has }, null, 1)}\n`);
    const { EACCES, EPERM, ...others } = outcomes;
    // EROFS: the file system of the container is read-only, which is seen before the walls.
    expect(others).toEqual({
      allowed: ['open /dev/null'],
      ENOSYS: ['calls newer than the rules'],
      EROFS: expect.not.arrayContaining(['read /']),
    });
    expect(EACCES).toEqual(expect.arrayContaining(['/proc/*/environ', '/proc/*/mem', 'read /', 'read the project']));
    expect(EPERM).toEqual(expect.arrayContaining(['ptrace', 'signal', 'TCP to every port', 'UDP', 'execve', 'fork']));
    expect(has).toMatchObject({ noNewPrivileges: true, capabilities: 0 });
  });

  test('no process shows a password in its command line', async () => {
    for (const service of [...ours, ...others])
      for (const container of await stack.containers(service)) {
        const lines = await execute(container, 'sh', '-c', "cat /proc/[0-9]*/cmdline | tr '\\0' ' '");
        expect(lines).not.toContain('change-me');
      }
  });

  test('the role of the API and the worker can read rows and run no program, and they know no other', async () => {
    const [db = ''] = await stack.containers('db');
    const ask = (statement: string) =>
      execute(
        db,
        'sh',
        '-c',
        `PGPASSWORD=change-me psql -tA -h 127.0.0.1 -U thumbnails_service thumbnails -c "${statement}"`,
      );
    expect(await ask('select count(*) >= 0 from jobs')).toBe('t');
    for (const statement of [
      "copy (select 1) to program 'true'",
      'create table t ()',
      'create temp table t ()',
      'drop table jobs',
    ])
      await expect(ask(statement)).rejects.toThrow(/permission denied|must be (superuser|owner)/);
    for (const container of await running(ours))
      expect(await execute(container, 'env')).not.toContain('MIGRATE_PASSWORD');
  });

  test('the images contain the licences of the bundled libraries, and a bill of materials that names them', async () => {
    for (const image of Object.values(stack.images)) {
      const read = ['sh', '-c', 'cd /usr/share/licenses/thumbnail-api && ls && cat LICENSE sbom.cdx.json'];
      const text = await run(['docker', 'run', '--rm', '--network=none', image, ...read]);
      for (const words of ['MIT License', 'CycloneDX', 'pkg:npm/bullmq@', 'JavaScriptCore'])
        expect(text).toContain(words);
    }
    const read = [
      'sh',
      '-c',
      'cd /usr/share/licenses/thumbnail-api && cat sbom.cdx.json @img*libvips*/README.md libheif-js*/LICENSE',
    ];
    const text = await run(['docker', 'run', '--rm', '--network=none', stack.images.worker, ...read]);
    for (const words of [
      'pkg:generic/libvips@',
      'pkg:generic/libde265@',
      '| LGPLv3',
      'GNU LESSER GENERAL PUBLIC LICENSE',
    ])
      expect(text).toContain(words);
  });

  test('images contain no secret, test or repository', async () => {
    for (const image of Object.values(stack.images)) {
      const list = "find /app -not -path '*/node_modules/*' \\( -name '.env*' -o -name '*.test.ts' -o -name .git \\)";
      expect(await run(['docker', 'run', '--rm', '--network=none', image, 'sh', '-c', list])).toBe('');
    }
  });
});

test('the application user may put, get, delete and list objects in its bucket, and nothing else', async () => {
  const [minio = ''] = await stack.containers('minio');
  const script = await readFile('e2e/compose/application-user-rights.sh', 'utf8');
  const keys = ['-e', 'S3_ACCESS_KEY=thumbnail-api', '-e', 'S3_SECRET_KEY=change-me-app'];
  const rights = await run(['docker', 'exec', '-i', ...keys, minio, 'sh', '-s'], { input: script });
  const allowed = rights.split('\n').filter((line) => line.startsWith('allowed'));
  expect(allowed).toEqual(['allowed put', 'allowed list', 'allowed get', 'allowed delete']);
  expect(rights.split('\n').filter((line) => line.startsWith('denied'))).toHaveLength(14);

  // With the SDK: MinIO's client empties the bucket before the request that is denied.
  const [worker = ''] = await stack.containers('worker');
  const remove = `import { DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
    const { S3_ENDPOINT: endpoint, S3_ACCESS_KEY: accessKeyId, S3_SECRET_KEY: secretAccessKey, S3_BUCKET: Bucket } = process.env;
    const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
    console.log(await client.send(new DeleteBucketCommand({ Bucket })).then(() => 'removed', ({ name }) => name));`;
  const answer = await run(['docker', 'exec', '-w', '/app/packages/storage', worker, 'bun', '-e', remove]);
  expect(answer).toBe('AccessDenied');
});

test.each([...ours, ...others])('a crashed %s restarts, and thumbnails are made again', async (service) => {
  const [victim = ''] = await stack.containers(service);
  const before = (await inspect(victim)).State.Pid;
  await crash(victim, stack.images.api);
  const hasRestarted = async () => (await inspect(victim)).State.Pid !== before && (await isHealthy(victim));
  await waitUntil(`${service} has restarted`, hasRestarted, deadlineMs);
  await stack.waitUntilReady();
  await makeThumbnail(stack.url);
});

test('killing every container while jobs run loses no accepted job', async () => {
  const all = await running([...ours, ...others]);
  const image = await drawNoise(2_000, 1_500);
  const jobs: Resource[] = [];
  // Starts another round when every job of a round ended before it was read.
  const startRound = async () => {
    const round = await Promise.all(Array.from({ length: 24 }, () => sendImage(stack.url, image)));
    jobs.push(...round);
    const current = await Promise.all(
      round.map(async (job) => (await (await follow(job, 'View Details')).json()) as Resource),
    );
    return current.some(({ status }) => status === 'processing');
  };
  await waitUntil('a job is processing', startRound, deadlineMs);
  await run(['docker', 'kill', ...all]);
  await stack.start();
  const ended = await Promise.all(jobs.map(waitForEnd));
  expect(ended.map(({ status }) => status)).toEqual(jobs.map(() => 'success'));
});

test('`compose down` and `compose up` keep every job and image', async () => {
  const { job } = await makeThumbnail(stack.url);
  const before = await fingerprint(job);
  await stack.compose('down');
  await stack.start();
  expect(await fingerprint(await waitForEnd(job))).toEqual(before);
});

test('a backup passes its check, and restores every job and image into an empty installation', async () => {
  const { job } = await makeThumbnail(stack.url);
  const before = await fingerprint(job);
  const backup = await mkdtemp(join(tmpdir(), 'thumbnail-backup-'));
  await stack.script('deploy/backup/back-up.sh', backup);
  const report = await stack.script('deploy/backup/prove-backup.sh', backup);
  expect(report).toMatch(/[1-9]\d* jobs success/);
  expect(report).toMatch(/[1-9]\d* objects checked, all match their checksums/);

  const originals = join(backup, 'objects', 'originals');
  await rm(join(originals, (await readdir(originals))[0] ?? ''));
  await expect(stack.script('deploy/backup/prove-backup.sh', backup, '100000')).rejects.toThrow('objects are missing');
  await stack.script('deploy/backup/back-up.sh', backup);
  await stack.script('deploy/backup/prove-backup.sh', backup, '100000');

  await stack.compose('down', '--volumes');
  await stack.script('deploy/backup/restore.sh', backup, '--confirm');
  await stack.start();
  expect(await fingerprint(await waitForEnd(job))).toEqual(before);
  await makeThumbnail(stack.url);
  await rm(backup, { recursive: true });
});

test.each([
  ['api', 60],
  ['worker', 100],
] as const)('the image of the %s adds less than %i MB to its base', async (app, limit) => {
  const image = stack.images[app];
  const added = await addedBytes(image, base);
  process.stdout.write(`${image}: ${(added / megabyte).toFixed(1)} MB above ${base}\n`);
  expect(added).toBeLessThan(limit * megabyte);
});

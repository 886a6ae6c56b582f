import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const readText = (path: string) => Bun.file(join(root, path)).text();

interface Service {
  image?: string;
  read_only?: boolean;
  privileged?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  pids_limit?: number;
  mem_limit?: string;
  networks?: string[];
  ports?: string[];
  volumes?: string[];
  profiles?: string[];
  restart?: string;
}
interface ComposeFile {
  services: Record<string, Service>;
  networks?: Record<string, { internal?: boolean }>;
}
const common = Bun.YAML.parse(await readText('.devcontainer/docker-compose.common.yml')) as ComposeFile;
const deployment = Bun.YAML.parse(await readText('docker-compose.yml')) as ComposeFile;
const services = new Map<string, Service>();
for (const [name, service] of [...Object.entries(common.services), ...Object.entries(deployment.services)])
  services.set(name, { ...services.get(name), ...service });
const own = ['api', 'worker', 'migrate'];

test('there are services to check', () => {
  expect([...services.keys()]).toEqual(expect.arrayContaining([...own, 'db', 'redis', 'minio']));
});

test.each([...services])('the container of %s gains no privilege and may not use all of the machine', (_, service) => {
  expect(service.privileged ?? false).toBe(false);
  expect(service.cap_drop).toEqual(['ALL']);
  expect(service.security_opt).toEqual(expect.arrayContaining(['no-new-privileges:true']));
  expect(service.security_opt?.join()).not.toMatch(/unconfined|disable/);
  expect(service.mem_limit).toBeDefined();
});

test.each([...services])('the container of %s cannot reach the container engine', (_, { volumes = [] }) => {
  expect(volumes.join()).not.toMatch(/docker\.sock|\/proc|\/sys|^\/:/);
});

test.each(own)('the container of %s has a file system that it cannot write, and a limit of processes', (name) => {
  expect(services.get(name)).toMatchObject({ read_only: true, pids_limit: expect.any(Number) });
});

test('a worker reaches only the networks without a way to the Internet', () => {
  const networks = { ...common.networks, ...deployment.networks };
  expect(services.get('worker')?.networks).toEqual(['backend']);
  expect(networks.backend?.internal).toBe(true);
});

const dockerfiles = ['apps/backend-api/Dockerfile', 'apps/backend-worker/Dockerfile'];

test.each(dockerfiles)('%s runs as a user without rights and contains no secret', async (path) => {
  const lines = (await readText(path)).split('\n');
  expect(lines.filter((line) => line.startsWith('USER ')).at(-1)).toBe('USER 1000:1000');
  const settings = lines.filter((line) => /^(?:ENV|ARG) /.test(line)).join('\n');
  expect(settings).not.toMatch(/PASSWORD|SECRET|TOKEN|ACCESS_KEY/i);
});

test('no image contains a file with settings or the history of the repository', async () => {
  const ignored = (await readText('.dockerignore')).split('\n');
  expect(ignored).toEqual(expect.arrayContaining(['**/.env', '**/.env.*', '**/.git', '**/.data']));
  expect(ignored.filter((line) => /^!.*(?:env|git|data)/.test(line))).toEqual([]);
});

test('the user of the bucket may put, get, delete and list objects in it, and nothing else', async () => {
  const [, policy = ''] = /<<JSON\n([\s\S]*?)\nJSON\n/.exec(await readText('init-minio.sh')) ?? [];
  const { Statement } = JSON.parse(policy) as { Statement: { Effect: string; Action: string[]; Resource: string[] }[] };
  expect(Statement.map(({ Effect }) => Effect)).toEqual(['Allow', 'Allow']);
  expect(Statement.flatMap(({ Action }) => Action).sort()).toEqual([
    's3:AbortMultipartUpload',
    's3:DeleteObject',
    's3:GetObject',
    's3:ListBucket',
    's3:PutObject',
  ]);
  for (const resource of Statement.flatMap(({ Resource }) => Resource))
    expect(resource).toMatch(/^arn:aws:s3:::\$S3_BUCKET(?:\/\*)?$/);
});

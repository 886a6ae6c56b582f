import type { Mutant } from '../mutant.ts';

const containers = 'scripts/containers.test.ts';
const supplyChain = 'scripts/supply-chain.test.ts';

/** Changes that remove a defence of the containers, the bucket and the dependencies. */
export const deliveryDefences: Mutant[] = [
  {
    name: 'T35: a container keeps the capabilities of root',
    file: 'docker-compose.yml',
    from: '  cap_drop: [ALL]\n  security_opt: ["no-new-privileges:true"]\n  pids_limit: 200\n  stop_grace_period: 45s\n',
    to: '  security_opt: ["no-new-privileges:true"]\n  pids_limit: 200\n  stop_grace_period: 45s\n',
    test: containers,
    title: 'gains no privilege and may not use all of the machine',
  },
  {
    name: 'T35: a worker can write to its file system',
    file: 'docker-compose.yml',
    from: '  read_only: true\n  tmpfs: ["/tmp:size=256m,mode=1777"]\n',
    to: '',
    test: containers,
    title: 'has a file system that it cannot write',
  },
  {
    name: 'T35: a worker reaches the Internet',
    file: '.devcontainer/docker-compose.common.yml',
    from: 'backend: { internal: true }',
    to: 'backend: {}',
    test: containers,
    title: 'a worker reaches only the networks without a way to the Internet',
  },
  {
    name: 'T35: the worker runs as root',
    file: 'apps/backend-worker/Dockerfile',
    from: 'USER 1000:1000\n',
    to: '',
    test: containers,
    title: 'runs as a user without rights and contains no secret',
  },
  {
    name: 'T36: packages may run code when they are installed',
    file: 'package.json',
    from: '"trustedDependencies": [\n',
    to: '"trustedDependencies": [\n    "esbuild",\n',
    test: supplyChain,
    title: 'only the packages of the embedded Postgres may run code when they are installed',
  },
  {
    name: 'T36: an image takes other versions than the lock file names',
    file: 'apps/backend-api/Dockerfile',
    from: 'bun install --frozen-lockfile --production --ignore-scripts',
    to: 'bun install --production --ignore-scripts',
    test: supplyChain,
    title: 'every install takes what the lock file says',
  },
  {
    name: 'T36: a version is used on the day it is published',
    file: 'bunfig.toml',
    from: 'minimumReleaseAge = 604800',
    to: 'minimumReleaseAge = 0',
    test: supplyChain,
    title: 'a new version waits a week before it is used',
  },
  {
    name: 'T37: the user of the bucket may do anything with it',
    file: 'init-minio.sh',
    from: '["s3:PutObject", "s3:AbortMultipartUpload", "s3:GetObject", "s3:DeleteObject"]',
    to: '["s3:*"]',
    test: containers,
    title: 'the user of the bucket may put, get, delete and list objects in it, and nothing else',
  },
  {
    name: 'T37: settings are copied into an image',
    file: '.dockerignore',
    from: '**/.env\n',
    to: '',
    test: containers,
    title: 'no image contains a file with settings or the history of the repository',
  },
];

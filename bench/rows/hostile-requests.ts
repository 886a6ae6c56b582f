import { createHash } from 'node:crypto';
import type postgres from 'postgres';
import { listAttacks } from '../hostile/attacks.ts';
import { fillWorst } from '../hostile/fill-worst.ts';
import { type HonestClient, type Latencies, measureLatency } from '../hostile/measure-latency.ts';
import { startFlood } from '../hostile/start-flood.ts';
import { alternate } from '../measure/alternate.ts';
import { type Figure, toFigure } from '../measure/figure.ts';
import { quantile } from '../measure/statistics.ts';
import { startService } from '../stack/start-service.ts';
import { type RowContext, scaled } from './row.ts';

const connections = 32;
const goal = { atMost: 5 };

/**
 * How much longer an honest client waits for liveness and for its job while 32 connections send the worst request that is
 * known for a route: p99, compared with the p99 without them. The flood pauses between.
 */
export async function hostileRequests(context: RowContext): Promise<Figure[]> {
  const servers = await context.servers();
  const [own, foreign] = [await makeKey(servers.sql, 'honest'), await makeKey(servers.sql, 'hostile')];
  const { jobId } = await fillWorst(servers.sql, 'honest');
  const attacks = listAttacks(foreign, await fillWorst(servers.sql, 'hostile'));
  // Without limits, which would make most attacks cheap.
  const unlimited = { RATE_LIMIT_REQUESTS: '0', RATE_LIMIT_BYTES: '0' };
  const access = { AUTH: 'api-key', LINK_SECRET: 'a-secret-of-at-least-32-characters' };
  const environment = { ...servers.environment, ...access, ...unlimited };
  const { api, close } = await startService({ ...servers, environment }, { workers: 0 });
  const honest = { url: api.url, key: own, jobId };
  const figures: Figure[] = [];
  for (const [name, requests] of Object.entries(attacks)) {
    const flood = await startFlood({ url: api.url, connections, requests });
    const rounds = await alternate(context.rounds, {
      subject: () => {
        flood.resume();
        return measure(honest, scaled(context, 300)).finally(flood.pause);
      },
      baseline: () => measure(honest, scaled(context, 300)),
    });
    const answers = await flood.countAnswers();
    await flood.stop();
    context.note(`${name}: answered ${JSON.stringify(answers)}`);
    for (const what of ['live', 'job'] as const) {
      const named = { row: 'hostile-requests', what: `${labels[what]}, ${name}`, unit: 'ms', goal } as const;
      const compared = rounds.map(({ subject, baseline }) => ({ subject: subject[what], baseline: baseline[what] }));
      figures.push(toFigure({ ...named, comparison: 'ratio' }, compared));
    }
  }
  await close();
  return figures;
}

const labels = { live: 'GET /health/live', job: 'GET /jobs/{id}' };

async function measure(honest: HonestClient, samples: number): Promise<Record<keyof Latencies, number>> {
  // What is left of the time before is over when these are answered.
  await measureLatency(honest, 10);
  const { live, job } = await measureLatency(honest, samples);
  return { live: quantile(live, 0.99), job: quantile(job, 0.99) };
}

async function makeKey(sql: postgres.Sql, name: string): Promise<string> {
  const key = `tk_${name.padEnd(43, 'x')}`;
  const hash = createHash('sha256').update(key).digest('hex');
  await sql`insert into api_keys (id, name, scope, owner, hash) values (uuidv7(), ${name}, 'write', ${name}, ${hash})`;
  return key;
}

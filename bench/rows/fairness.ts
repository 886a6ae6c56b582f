import { createHash, randomBytes } from 'node:crypto';
import { type Figure, type Round, toFigure } from '../measure/figure.ts';
import { median } from '../measure/statistics.ts';
import { round } from '../report/text-table.ts';
import { addJob, repeat, sendImage } from '../stack/client.ts';
import type { Servers } from '../stack/start-servers.ts';
import { startService } from '../stack/start-service.ts';
import { type RowContext, scaled } from './row.ts';

const heavy = { width: 1600, height: 1200, format: 'avif' };
const light = { width: 100, height: 100 };
const concurrency = 3;
const queues = { Redis: {}, Postgres: { QUEUE: 'postgres', REDIS_HOST: '', REDIS_PORT: '' } };

/** One owner has 1 000 heavy jobs; another sends one small job every second for a minute, and must not wait for them. */
export async function fairness(context: RowContext): Promise<Figure[]> {
  const servers = await context.servers();
  const figures: Figure[] = [];
  for (const [queue, variables] of Object.entries(queues)) {
    const { waits, renders, use } = await measure(context, servers, variables);
    const ratio: Round = { subject: median(waits), baseline: median(renders) };
    const name = { row: 'fairness', unit: 'ms' } as const;
    figures.push(
      toFigure({ ...name, what: `wait of a small job, ${queue}`, comparison: 'ratio', goal: { atMost: 2 } }, [ratio]),
      toFigure({ ...name, what: `slots in use, ${queue}`, unit: '', comparison: 'value', goal: { atLeast: 0.95 } }, [
        { subject: use, baseline: null },
      ]),
    );
    context.note(`${queue}: the longest wait was ${round(Math.max(...waits))} ms; ${renders.length} heavy jobs ended`);
  }
  return figures;
}

async function measure(context: RowContext, servers: Servers, variables: Record<string, string>) {
  const { sql } = servers;
  await sql`truncate jobs, images, owner_turns cascade`;
  await servers.redis.command('FLUSHALL');
  const unlimited = { RATE_LIMIT_REQUESTS: '0', RATE_LIMIT_RENDER_SECONDS: '0' };
  const environment = { ...servers.environment, AUTH: 'api-key', ...unlimited, ...variables };
  const service = await startService({ ...servers, environment }, { workers: 1, concurrency });
  const source = await context.images.small();
  const owners = { heavy: await createOwner(servers), light: await createOwner(servers) };
  const first = await sendImage(service.api, source, { headers: owners.heavy.headers });
  await repeat(scaled(context, 1_000), 8, () => addJob(service.api, first.image.id, heavy, owners.heavy.headers));
  const mine = await sendImage(service.api, source, { headers: owners.light.headers });
  const [clock] = await sql`select now() as start`;
  const seconds = scaled(context, 60);
  for (let sent = 0; sent < seconds; sent += 1) {
    const next = Bun.sleep(1_000);
    await addJob(service.api, mine.image.id, light, owners.light.headers);
    await next;
  }
  const runs = await sql<{ owner: string; waitMs: number; runMs: number; sharedMs: number }[]>`
    select owner, extract(epoch from started_at - created_at)::float8 * 1000 as "waitMs",
      extract(epoch from finished_at - started_at)::float8 * 1000 as "runMs",
      greatest(0, extract(epoch from least(coalesce(finished_at, now()), now()) - greatest(started_at, ${clock?.start})))::float8
        * 1000 as "sharedMs"
    from jobs where started_at is not null and coalesce(finished_at, now()) > ${clock?.start}`;
  const [elapsed] = await sql<
    { ms: number }[]
  >`select extract(epoch from now() - ${clock?.start})::float8 * 1000 as ms`;
  await service.close();
  const of = (owner: string) => runs.filter((run) => run.owner === owner);
  return {
    waits: of(owners.light.id).map(({ waitMs }) => waitMs),
    renders: of(owners.heavy.id).flatMap(({ runMs }) => (runMs === null ? [] : runMs)),
    use: runs.reduce((sum, { sharedMs }) => sum + sharedMs, 0) / ((elapsed?.ms ?? 1) * concurrency),
  };
}

/** Creates an owner with a key, and gives the headers that send the key. */
async function createOwner({ sql }: Servers) {
  const id = Bun.randomUUIDv7();
  const key = `tk_${randomBytes(32).toString('base64url')}`;
  const hash = createHash('sha256').update(key).digest('hex');
  await sql`insert into api_keys (id, name, scope, owner, hash) values (${id}, ${id}, 'write', ${id}, ${hash})`;
  return { id, headers: { authorization: `Bearer ${key}` } };
}

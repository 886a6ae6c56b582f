import { createHash } from 'node:crypto';
import type postgres from 'postgres';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { attackNames, listAttacks } from './hostile/attacks.ts';
import { fillWorst, type WorstRows } from './hostile/fill-worst.ts';
import { type HonestClient, type Latencies, measureLatency, p99 } from './hostile/measure-latency.ts';
import { startFlood } from './hostile/start-flood.ts';
import { type Stack, startStack } from './stack/start-stack.ts';

const connections = 32;
/** Quiet and loaded times alternate, so that a machine that is busy with something else is so in both. */
const rounds = 6;
const samplesPerRound = 50;
const slowdownMax = 5;

let stack: Stack;
let honest: HonestClient;
let attacks: Record<string, Buffer[]>;
beforeAll(async () => {
  // No limits: they would make most attacks cheap.
  const unlimited = { RATE_LIMIT_REQUESTS: '0', RATE_LIMIT_BYTES: '0' };
  const access = { AUTH: 'api-key', LINK_SECRET: 'a-secret-of-at-least-32-characters' };
  stack = await startStack('postgres', inject('services'), { ...access, ...unlimited });
  const [own, foreign] = [await makeKey(stack.sql, 'honest'), await makeKey(stack.sql, 'hostile')];
  const { jobId } = await fillWorst(stack.sql, 'honest');
  const rows: WorstRows = await fillWorst(stack.sql, 'hostile');
  attacks = listAttacks(foreign, rows);
  const { url } = await stack.startApi();
  honest = { url, key: own, jobId };
  await measureLatency(honest, 200, { live: [], job: [] });
});
afterAll(() => stack.close());

test.each(attackNames)('32 connections with %s slow down an honest client less than five times', async (name) => {
  const [quiet, loaded]: [Latencies, Latencies] = [
    { live: [], job: [] },
    { live: [], job: [] },
  ];
  const flood = await startFlood({ url: honest.url, connections, requests: attacks[name] ?? [] });
  for (let round = 0; round < rounds; round += 1) {
    // The first request of a phase waits for what is left of the phase before.
    await measureLatency(honest, 5, { live: [], job: [] });
    await measureLatency(honest, samplesPerRound, quiet);
    flood.resume();
    await measureLatency(honest, 5, { live: [], job: [] });
    await measureLatency(honest, samplesPerRound, loaded);
    flood.pause();
  }
  flood.resume();
  const answers = await flood.countAnswers();
  await flood.stop();
  const slowdown = { live: p99(loaded.live) / p99(quiet.live), job: p99(loaded.job) / p99(quiet.job) };
  const facts = JSON.stringify({
    live: [p99(quiet.live), p99(loaded.live)],
    job: [p99(quiet.job), p99(loaded.job)],
    answers,
  });
  console.log(`live ${name} x${slowdown.live.toFixed(1)} x${slowdown.job.toFixed(1)} ${facts}`);
  expect(
    Object.values(answers).reduce((sum, count) => sum + count, 0),
    facts,
  ).toBeGreaterThan(0);
  expect(Math.max(slowdown.live, slowdown.job), facts).toBeLessThan(slowdownMax);
});

async function makeKey(sql: postgres.Sql, name: string): Promise<string> {
  const key = `tk_${name.padEnd(43, 'x')}`;
  const hash = createHash('sha256').update(key).digest('hex');
  await sql`insert into api_keys (id, name, scope, owner, hash) values (uuidv7(), ${name}, 'write', ${name}, ${hash})`;
  return key;
}

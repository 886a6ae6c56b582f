import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Runs code in a separate process and returns what it logged. */
async function runAndReadLog(code: string) {
  const module = join(import.meta.dirname, 'create-logger.ts');
  const script = `import { createLogger } from ${JSON.stringify(module)}; const log = createLogger('api', 'info'); ${code}`;
  const child = Bun.spawn([process.execPath, '--no-env-file', '-e', script], { stdout: 'pipe', stderr: 'inherit' });
  const text = await new Response(child.stdout).text();
  return {
    text,
    lines: text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
}

test('writes the time, the level, the process and the fields of a child logger on each line', async () => {
  const { lines } = await runAndReadLog(`log.child({ requestId: 'r1' }).warn({ jobId: 'j1' }, 'careful');`);
  expect(lines).toEqual([
    {
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      part: 'api',
      requestId: 'r1',
      jobId: 'j1',
      msg: 'careful',
    },
  ]);
});

test('logs an error with its cause, but no password, cookie or authorization header', async () => {
  const secrets = `{ headers: { authorization: 'Bearer canary', cookie: 'canary' }, db: { password: 'canary' } }`;
  const { text, lines } = await runAndReadLog(
    `log.error({ error: new Error('outer', { cause: new Error('inner') }), ...${secrets} }, 'failed');`,
  );
  expect(lines[0].error).toMatchObject({ message: 'outer', cause: { message: 'inner' } });
  expect(text).not.toContain('canary');
});

test('does not log what a driver attaches to an error', async () => {
  const { text } = await runAndReadLog(
    `log.warn({ error: Object.assign(new Error('cut'), { client: { secretKey: 'canary' } }) }, 'x');`,
  );
  expect(text).toContain('cut');
  expect(text).not.toContain('canary');
});

test('does not log events below the level', async () => {
  const { lines } = await runAndReadLog(`log.debug('quiet'); log.info('loud');`);
  expect(lines.map(({ msg }) => msg)).toEqual(['loud']);
});

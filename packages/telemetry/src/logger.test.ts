import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Runs a line of code in a process of its own and gives what it logged. */
async function logged(code: string) {
  const module = join(import.meta.dirname, 'logger.ts');
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

test('a line says when, how grave, which part, and what a child logger carries', async () => {
  const { lines } = await logged(`log.child({ requestId: 'r1' }).warn({ jobId: 'j1' }, 'careful');`);
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

test('an error is logged with its cause; a password and a key are not', async () => {
  const secrets = `{ headers: { authorization: 'Bearer canary', cookie: 'canary' }, db: { password: 'canary' } }`;
  const { text, lines } = await logged(
    `log.error({ error: new Error('outer', { cause: new Error('inner') }), ...${secrets} }, 'failed');`,
  );
  expect(lines[0].error).toMatchObject({ message: 'outer', cause: { message: 'inner' } });
  expect(text).not.toContain('canary');
});

test('what a driver hangs onto its error is not logged', async () => {
  const { text } = await logged(
    `log.warn({ error: Object.assign(new Error('cut'), { client: { secretKey: 'canary' } }) }, 'x');`,
  );
  expect(text).toContain('cut');
  expect(text).not.toContain('canary');
});

test('what lies below the level is not said', async () => {
  const { lines } = await logged(`log.debug('quiet'); log.info('loud');`);
  expect(lines.map(({ msg }) => msg)).toEqual(['loud']);
});

import { expect, test } from 'vitest';
import { readCpuMs } from './cpu.ts';

const burn = 'const end = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < end) {}';
const onLinux = test.runIf(process.platform === 'linux');

onLinux('what a child of a process burns counts as the process, while it lives and when it has ended', async () => {
  const inner = JSON.stringify(['--no-env-file', '-e', burn]);
  const code = `Bun.spawnSync([process.execPath, ...${inner}]); console.log('done'); await Bun.sleep(60_000)`;
  const parent = Bun.spawn([process.execPath, '--no-env-file', '-e', code], { stdout: 'pipe' });
  await parent.stdout.getReader().read();
  const spent = readCpuMs([parent.pid]);
  parent.kill('SIGKILL');
  await parent.exited;
  expect(spent).toBeGreaterThanOrEqual(290);
});

onLinux('a process that is gone has used nothing', () => {
  expect(readCpuMs([2 ** 30])).toBe(0);
});

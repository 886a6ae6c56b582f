import { expect, test } from 'vitest';
import { readCpuMs } from './cpu.ts';

const burn = 'const end = process.cpuUsage().user + 300_000; while (process.cpuUsage().user < end) {}';
const onLinux = test.runIf(process.platform === 'linux');

onLinux('the CPU time of a child counts for its parent, also after the child has exited', async () => {
  const inner = JSON.stringify(['--no-env-file', '-e', burn]);
  const code = `Bun.spawnSync([process.execPath, ...${inner}]); console.log('done'); await Bun.sleep(60_000)`;
  const parent = Bun.spawn([process.execPath, '--no-env-file', '-e', code], { stdout: 'pipe' });
  await parent.stdout.getReader().read();
  const spent = readCpuMs([parent.pid]);
  parent.kill('SIGKILL');
  await parent.exited;
  expect(spent).toBeGreaterThanOrEqual(290);
});

onLinux('a process that does not exist has used no CPU time', () => {
  expect(readCpuMs([2 ** 30])).toBe(0);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort, waitUntil } from '@thumbnail-api/testing';
import type { S3Access } from '@thumbnail-api/testing/processes';

/** An S3 server in a process of its own. */
export interface Store {
  access: S3Access & { endpoint: string };
  pid: number;
  /** For the report. */
  name: string;
  stop(): Promise<void>;
}

const keys = { region: 'us-east-1', accessKey: 'bench-access', secretKey: 'bench-secret' };

/** Starts the `minio` on the PATH, or the emulator that the tests use. The caller stops it. */
export async function startStore(): Promise<Store> {
  const program = Bun.which('minio');
  return program ? await startMinio(program) : await startEmulator();
}

async function startMinio(program: string): Promise<Store> {
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-bench-store-'));
  const port = await findFreePort();
  const child = Bun.spawn([program, 'server', '--quiet', '--address', `127.0.0.1:${port}`, directory], {
    env: { HOME: directory, MINIO_ROOT_USER: keys.accessKey, MINIO_ROOT_PASSWORD: keys.secretKey },
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'ignore',
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const endpoint = `http://127.0.0.1:${port}`;
  await waitUntil('MinIO answers', async () => (await fetch(`${endpoint}/minio/health/live`)).ok);
  return {
    access: { ...keys, endpoint },
    pid: child.pid,
    name: 'MinIO',
    stop: async () => {
      child.kill();
      await child.exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function startEmulator(): Promise<Store> {
  const ready = Promise.withResolvers<{ endpoint: string }>();
  const child = Bun.spawn([process.execPath, '--no-env-file', join(import.meta.dirname, 'fauxqs/main.ts')], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'inherit',
    ipc: ready.resolve,
  });
  const { endpoint } = await ready.promise;
  return {
    access: { ...keys, endpoint },
    pid: child.pid,
    name: 'fauxqs, an emulator',
    stop: async () => {
      child.kill();
      await child.exited;
    },
  };
}

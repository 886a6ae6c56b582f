import { runMigrations } from 'bullmq';
import { Client } from 'pg';
import { poolOptions, type QueueConnection } from './backend.ts';

/** Applies the migrations of BullMQ's schema in Postgres. Does nothing on Redis. Concurrent calls are safe. */
export async function migrateQueue({ queue, postgres }: QueueConnection): Promise<void> {
  if (queue.kind === 'redis') return;
  const client = new Client(poolOptions(postgres, 1));
  await client.connect();
  try {
    await runMigrations(client);
  } finally {
    await client.end();
  }
}

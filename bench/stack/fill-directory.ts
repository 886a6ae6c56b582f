import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type postgres from 'postgres';
import { repeat } from './client.ts';

const fileBytes = 1_024;
const concurrency = 32;

/** Writes the file of every original and thumbnail that the tables name into the directory of a filesystem store. */
export async function fillDirectory(sql: postgres.Sql, directory: string): Promise<void> {
  const rows = await sql<{ key: string }[]>`
    select 'originals/' || id as key from images union all select key from thumbnails`;
  const bytes = new Uint8Array(fileBytes);
  let next = 0;
  await repeat(rows.length, concurrency, async () => {
    const path = join(directory, 'objects', rows[next++]?.key ?? '');
    await mkdir(dirname(path), { recursive: true });
    await Bun.write(path, bytes);
  });
}

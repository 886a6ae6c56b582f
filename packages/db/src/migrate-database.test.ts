import { expect, test } from 'vitest';
import { migrationsFolder } from './migrations.ts';

/** The SHA-256 of each migration in a release. A later change of the schema needs a new migration. */
const released: Record<string, string> = {
  '0000_init.sql': '39e8951fd3c588ed840632af091aad981d201f88136b34362104c92e50e47d6e',
};

test.each(Object.entries(released))('the released migration %s has not changed', async (name, sha256) => {
  const sql = await Bun.file(`${migrationsFolder}/${name}`).text();
  expect(new Bun.CryptoHasher('sha256').update(sql).digest('hex')).toBe(sha256);
});

import { openEmbeddedPostgres } from '../src/index.ts';

// Opens the given directory, prints how to connect, and waits to be killed.
const [directory = ''] = process.argv.slice(2);
const postgres = await openEmbeddedPostgres({ directory, durable: false });
process.stdout.write(`${JSON.stringify(postgres)}\n`);
await new Promise((resolve) => setTimeout(resolve, 600_000));

import { parseArgs } from 'node:util';
import { openImages } from './images/open-images.ts';
import { isWorse } from './measure/figure.ts';
import { pagePath, writeFigures } from './report/page.ts';
import { latestPath, mergeResults, readResults } from './report/results.ts';
import { toTextTable } from './report/text-table.ts';
import { rows } from './rows/rows.ts';
import { runRows } from './run-rows.ts';

// bun run bench -- --only render,upload --check
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    check: { type: 'boolean', default: false },
    images: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    effort: { type: 'string', default: '1' },
  },
});
// Every child stops when this process exits: apps and Postgres by their IPC channel, other servers by an exit handler.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const print = (line: string) => process.stdout.write(`${line}\n`);
const names = values.only?.split(',') ?? Object.keys(rows);
const unknown = names.filter((name) => !rows[name]);
if (unknown.length > 0) {
  print(`Unknown row: ${unknown.join(', ')}. Use one of: ${Object.keys(rows).join(', ')}.`);
  process.exit(2);
}
const images = await openImages(values.images ?? process.env.CORPUS ?? null);
print(`Images: ${images.origin}; the others are drawn.`);
const results = await runRows(names, { images, rounds: Number(values.rounds), effort: Number(values.effort), print });
const merged = mergeResults(await readResults(latestPath), results);
await Bun.write(latestPath, `${JSON.stringify(merged, null, 2)}\n`);
await Bun.write(pagePath, writeFigures(await Bun.file(pagePath).text(), merged));

const figures = Object.values(results.rows).flatMap((row) => row.figures);
print(`\n${toTextTable(figures)}\n`);
for (const [name, { notes }] of Object.entries(results.rows)) for (const note of notes) print(`${name}: ${note}`);
const worse = figures.filter(isWorse);
for (const { row, what } of worse) print(`${row}, ${what}: worse than its goal by more than its own spread`);
process.exit(values.check && worse.length > 0 ? 1 : 0);

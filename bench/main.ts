import { parseArgs } from 'node:util';
import { isWorse } from './measure/figure.ts';
import { openPictures } from './pictures/pictures.ts';
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
    pictures: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    effort: { type: 'string', default: '1' },
  },
});
// What was started ends with this process: apps and Postgres by their channel to it, the other servers as it exits.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const say = (line: string) => process.stdout.write(`${line}\n`);
const names = values.only?.split(',') ?? Object.keys(rows);
const unknown = names.filter((name) => !rows[name]);
if (unknown.length > 0) {
  say(`There is no row ${unknown.join(', ')}; there are ${Object.keys(rows).join(', ')}.`);
  process.exit(2);
}
const pictures = await openPictures(values.pictures ?? process.env.CORPUS ?? null);
say(`Pictures: ${pictures.origin}; the others are drawn.`);
const results = await runRows(names, { pictures, rounds: Number(values.rounds), effort: Number(values.effort), say });
const merged = mergeResults(await readResults(latestPath), results);
await Bun.write(latestPath, `${JSON.stringify(merged, null, 2)}\n`);
await Bun.write(pagePath, writeFigures(await Bun.file(pagePath).text(), merged));

const figures = Object.values(results.rows).flatMap((row) => row.figures);
say(`\n${toTextTable(figures)}\n`);
for (const [name, { notes }] of Object.entries(results.rows)) for (const note of notes) say(`${name}: ${note}`);
const worse = figures.filter(isWorse);
for (const { row, what } of worse) say(`${row}, ${what}: worse than its goal by more than its own spread`);
process.exit(values.check && worse.length > 0 ? 1 : 0);

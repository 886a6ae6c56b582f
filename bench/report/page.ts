import { type Figure, isMet } from '../measure/figure.ts';
import type { Results } from './results.ts';
import { round, toCells } from './text-table.ts';

const begin = '<!-- figures: written by `bun run bench` -->';
const end = '<!-- end of the figures -->';
const msPerDay = 24 * 60 * 60 * 1_000;

/** Where the figures are shown. */
export const pagePath = new URL('../../docs/performance.md', import.meta.url).pathname;

/** The page with these results in the place of those before. Throws where the page has no such place. */
export function writeFigures(page: string, results: Results): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error('the page has no place for the figures');
  return `${before}${begin}\n\n${renderFigures(results)}\n\n${end}${after}`;
}

/** All that is said in figures, as Markdown. */
export function renderFigures(results: Results): string {
  const { machine, versions, pictures, rows } = results;
  const figures = Object.values(rows).flatMap((row) => row.figures);
  const notes = Object.entries(rows).flatMap(([name, row]) => row.notes.map((note) => `- ${name}: ${note}`));
  const measured = Object.entries(rows).map(([name, { commit, measuredAt, effort }]) => {
    const share = effort === 1 ? '' : `, ${effort} of a full run`;
    return `${name} at \`${commit}\` on ${measuredAt.slice(0, 10)}${share}`;
  });
  const missed = figures.filter((figure) => isMet(figure) === false).length;
  const goals = figures.filter(({ goal }) => goal).length;
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}; ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}. Pictures: ${pictures}.`,
    `Of ${goals} goals ${goals - missed} are met.`,
    toMarkdown(toCells(figures)),
    ...(notes.length > 0 ? [notes.join('\n')] : []),
    `Measured: ${measured.join('; ')}.`,
    '### What one core does in a day',
    toMarkdown([['job', 'CPU of worker and renderer', 'jobs a day'], ...figures.filter(isJob).map(toDay)]),
  ].join('\n\n');
}

const isJob = ({ row, unit }: Figure) => (row === 'render' || row === 'growth') && unit === 'ms CPU';

const toDay = ({ what, subject, unit }: Figure) => [
  what,
  `${round(subject)} ${unit}`,
  // Two digits: the pictures of others are not these.
  `${Number((msPerDay / subject).toPrecision(2)).toLocaleString('en-GB')}`,
];

function toMarkdown([heads = [], ...rows]: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), `|${heads.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

import { type Figure, isMet } from '../measure/figure.ts';
import type { Results } from './results.ts';
import { round, toCells } from './text-table.ts';

const startMarker = '<!-- figures: written by `bun run bench` -->';
const endMarker = '<!-- end of the figures -->';
const msPerDay = 24 * 60 * 60 * 1_000;

/** Path of the page that shows the figures. */
export const pagePath = new URL('../../docs/performance.md', import.meta.url).pathname;

/** Replaces the figures on the page. @throws Error when the page has no markers for them */
export function writeFigures(page: string, results: Results): string {
  const [before, rest] = page.split(startMarker);
  const after = rest?.split(endMarker)[1];
  if (before === undefined || after === undefined) throw new Error('the page has no markers for the figures');
  return `${before}${startMarker}\n\n${renderFigures(results)}\n\n${endMarker}${after}`;
}

/** Renders machine, figures and notes as Markdown. */
export function renderFigures({ machine, versions, images, rows }: Results): string {
  const figures = Object.values(rows).flatMap((row) => row.figures);
  const notes = Object.entries(rows).flatMap(([name, row]) => row.notes.map((note) => `- ${name}: ${note}`));
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const measured = Object.entries(rows).map(([name, { commit, measuredAt, effort }]) => {
    const share = effort === 1 ? '' : `, ${effort} of a full run`;
    return `${name} at \`${commit}\` on ${measuredAt.slice(0, 10)}${share}`;
  });
  const goals = figures.filter(({ goal }) => goal);
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB; ${programs.join(', ')}. Images: ${images}.`,
    `${goals.filter(isMet).length} of ${goals.length} goals are met.`,
    toMarkdown(toCells(figures)),
    ...(notes.length > 0 ? [notes.join('\n')] : []),
    `Measured: ${measured.join('; ')}.`,
    '### Jobs that one core does in a day',
    toMarkdown([['job', 'CPU of worker and renderer', 'jobs a day'], ...figures.filter(isJob).map(toDay)]),
  ].join('\n\n');
}

const isJob = ({ row, unit }: Figure) => (row === 'render' || row === 'growth') && unit === 'ms CPU';

const toDay = ({ what, subject, unit }: Figure) => [
  what,
  `${round(subject)} ${unit}`,
  // Two digits, because other images cost more or less.
  `${Number((msPerDay / subject).toPrecision(2)).toLocaleString('en-GB')}`,
];

function toMarkdown([headings = [], ...rows]: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(headings), `|${headings.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

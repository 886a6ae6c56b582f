import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, type Round, toFigure } from '../measure/figure.ts';
import { startEmbedded } from '../stack/start-embedded.ts';
import { type RowContext, scaled } from './row.ts';

/** Time from `bun start` to a ready service with its own Postgres, without data and with the data of an earlier start. */
export async function start(context: RowContext): Promise<Figure[]> {
  const first: Round[] = [];
  const later: Round[] = [];
  for (let round = 0; round < scaled(context, 4); round++) {
    const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-bench-'));
    for (const rounds of [first, later, later]) {
      const service = await startEmbedded(directory);
      rounds.push({ subject: service.startMs / 1_000, baseline: null });
      await service.close();
    }
    await rm(directory, { recursive: true, force: true });
  }
  const name = { row: 'start', unit: 's', comparison: 'value' } as const;
  return [
    toFigure({ ...name, what: 'first start, which creates the database', goal: null }, first),
    toFigure({ ...name, what: 'later start', goal: { atMost: 3 } }, later),
  ];
}

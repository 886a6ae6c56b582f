import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, type Round, toFigure } from '../measure/figure.ts';
import { startEmbedded } from '../stack/start-embedded.ts';
import { type RowContext, scaled } from './row.ts';

/** From the one command to a service that is ready, with its own Postgres: on no data, and on those of an earlier start. */
export async function start(context: RowContext): Promise<Figure[]> {
  const first: Round[] = [];
  const again: Round[] = [];
  for (let round = 0; round < scaled(context, 4); round++) {
    const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-bench-'));
    for (const rounds of [first, again, again]) {
      const service = await startEmbedded(directory);
      rounds.push({ subject: service.startMs / 1_000, baseline: null });
      await service.close();
    }
    await rm(directory, { recursive: true, force: true });
  }
  const name = { row: 'start', unit: 's', comparison: 'value' } as const;
  return [
    toFigure({ ...name, what: 'the first start, which makes the database', goal: null }, first),
    toFigure({ ...name, what: 'a later start', goal: { atMost: 3 } }, again),
  ];
}

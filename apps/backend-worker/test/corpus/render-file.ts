import { readFileSync } from 'node:fs';
import { AppError } from '@thumbnail-api/errors';
import { parseOptions } from '@thumbnail-api/thumbnail-spec';
import type { RendererPool } from '../../src/pool/renderer-pool.ts';
import { watchMemory } from '../../src/pool/watch-memory.ts';
import type { CorpusFile } from './read-index.ts';

/** The result of one file. */
export interface CorpusOutcome {
  file: CorpusFile;
  /** `success`, or the code of the failure. */
  outcome: string;
  /** Whether the index expects this outcome. */
  asExpected: boolean;
  detail: string;
  milliseconds: number;
  /** The peak of the renderer's resident memory. */
  peakBytes: number;
}

const specs = parseOptions(
  {
    thumbnails: JSON.stringify([
      { name: 'cover' },
      { name: 'wide', width: 200 },
      { name: 'inside', width: 400, height: 400, fit: 'inside', format: 'jpeg' },
    ]),
  },
  {},
);
const limits = { maxPixels: 50_000_000, maxOutputPixels: 32_000_000 };

/** Renders one file in a pool of one renderer, as a job would. */
export async function renderFile(pool: RendererPool, file: CorpusFile): Promise<CorpusOutcome> {
  const jobId = Bun.randomUUIDv7();
  const original = readFileSync(file.path);
  const [pid = 0] = pool.pids();
  const memory = watchMemory(pid, Number.POSITIVE_INFINITY, () => undefined);
  const startedAt = performance.now();
  const { outcome, detail } = await pool.render({ jobId, owner: '', original, specs, limits }).then(
    ({ image, thumbnails }) => ({
      outcome: 'success',
      detail: [image, ...thumbnails].map(({ width, height }) => `${width}x${height}`).join(' '),
    }),
    (error: unknown) => ({ outcome: error instanceof AppError ? error.code : 'thrown', detail: reasonOf(error) }),
  );
  memory.stop();
  return {
    file,
    outcome,
    asExpected: expectations[file.expected](outcome),
    detail,
    milliseconds: performance.now() - startedAt,
    peakBytes: memory.peakBytes(),
  };
}

const expectations: Record<CorpusFile['expected'], (outcome: string) => boolean> = {
  ok: (outcome) => outcome === 'success',
  refused: (outcome) => outcome === 'image_corrupt',
  any: (outcome) => outcome !== 'thrown' && outcome !== 'internal_error',
};

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return String(cause).replaceAll(/\s+/g, ' ').slice(0, 100);
}

import type { Figure } from '../measure/figure.ts';
import type { Pictures } from '../pictures/pictures.ts';
import type { Servers } from '../stack/start-servers.ts';

/** What a row is given. */
export interface RowContext {
  pictures: Pictures;
  /** How often a comparison is repeated. */
  rounds: number;
  /** What every count is multiplied by; 1 is a full run. */
  effort: number;
  /** Postgres, Redis and S3, started when a row first asks for them and shared by all that do. */
  servers: () => Promise<Servers>;
  /** Keeps a fact that is no figure, beside the figures of the row. */
  note: (text: string) => void;
}

/** Measures one row of the table. */
export type Row = (context: RowContext) => Promise<Figure[]>;

/** A count of a full run, as large as the effort makes it; at least 1. */
export const scaled = ({ effort }: Pick<RowContext, 'effort'>, count: number): number =>
  Math.max(1, Math.round(count * effort));

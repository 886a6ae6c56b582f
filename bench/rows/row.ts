import type { Images } from '../images/open-images.ts';
import type { Figure } from '../measure/figure.ts';
import type { Servers } from '../stack/start-servers.ts';

/** What a row needs to measure. */
export interface RowContext {
  images: Images;
  /** Repetitions of each comparison. */
  rounds: number;
  /** Factor of every count; 1 is a full run. */
  effort: number;
  /** Postgres, Redis and S3, which start at the first call and are shared by all rows. */
  servers: () => Promise<Servers>;
  /** Adds a fact to the results of the row. */
  note: (text: string) => void;
}

/** Measures one row of the table. */
export type Row = (context: RowContext) => Promise<Figure[]>;

/** Scales a count of a full run by the effort, to at least 1. */
export const scaled = ({ effort }: Pick<RowContext, 'effort'>, count: number): number =>
  Math.max(1, Math.round(count * effort));

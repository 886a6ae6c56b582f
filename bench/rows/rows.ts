import { render } from './render.ts';
import type { Row } from './row.ts';

/** Every row, in the order of the table. */
export const rows: Record<string, Row> = { render };

import { deletion } from './deletion.ts';
import { fairness } from './fairness.ts';
import { growth } from './growth.ts';
import { hostileRequests } from './hostile-requests.ts';
import { latency } from './latency.ts';
import { list } from './list.ts';
import { memory } from './memory.ts';
import { pipeline } from './pipeline.ts';
import { render } from './render.ts';
import { renderers } from './renderers.ts';
import type { Row } from './row.ts';
import { sandbox } from './sandbox.ts';
import { scale } from './scale.ts';
import { settings } from './settings.ts';
import { sizes } from './sizes.ts';
import { start } from './start.ts';
import { store } from './store.ts';
import { upload } from './upload.ts';

/** Every row by its name, in the order of the table. */
export const rows: Record<string, Row> = {
  render,
  pipeline,
  upload,
  latency,
  sizes,
  memory,
  list,
  scale,
  fairness,
  deletion,
  'hostile-requests': hostileRequests,
  start,
  growth,
  store,
  renderers,
  sandbox,
  settings,
};

import { readFailpoints, storeWithFailpoints } from '@thumbnail-api/testing/failpoints';
import { openRendererStore } from '../../src/open-renderer-store.ts';
import { serveTasks } from '../../src/serve-tasks.ts';

// A renderer with failpoints around its two arrows to the object store.
serveTasks(
  storeWithFailpoints(openRendererStore(process.env), readFailpoints(process.env.FAILPOINTS ?? '', 'renderer')),
);

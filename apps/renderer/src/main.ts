import { openRendererStore } from './open-renderer-store.ts';
import { serveTasks } from './serve-tasks.ts';

// A renderer: the child of a worker that touches strangers' bytes.
serveTasks(openRendererStore(process.env));

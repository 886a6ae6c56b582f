import { openRendererStore } from './open-renderer-store.ts';
import { serveTasks } from './serve-tasks.ts';

// A renderer: the child process of a worker that decodes untrusted images.
serveTasks(openRendererStore(process.env));

import { runTask } from './run-task.ts';
import { serveTasks } from './serve-tasks.ts';

// A renderer: the child process of a worker that decodes untrusted images.
await serveTasks(runTask);

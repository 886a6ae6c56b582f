import { readFailpoints } from '@thumbnail-api/testing/failpoints';
import { runTask } from '../../src/run-task.ts';
import { serveTasks } from '../../src/serve-tasks.ts';

// A renderer with failpoints around its task.
const { reach } = readFailpoints(process.env.FAILPOINTS ?? '', 'renderer');
await serveTasks(async (...given) => {
  await reach('before_render');
  const finished = await runTask(...given);
  await reach('after_render');
  return finished;
});

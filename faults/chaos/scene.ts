import type { Upload } from '../checker/history.ts';
import type { Stack } from '../stack/start-stack.ts';
import type { KeptApp } from './kept-app.ts';

/** All that can be broken in a run. */
export interface Scene {
  stack: Stack;
  /** Sent before anything broke. */
  first: Upload;
  apis: readonly [KeptApp, ...KeptApp[]];
  workers: readonly [KeptApp, ...KeptApp[]];
  /** Stops Postgres as `pg_ctl -m immediate` does; it is started again by itself. */
  stopPostgres(): Promise<void>;
}

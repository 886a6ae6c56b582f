import type { Environment } from '@thumbnail-api/config';
import type { ShutdownRequests } from './collect-shutdown-requests.ts';
import type { RestartPolicy } from './supervise.ts';

/** What `runStandalone` needs besides its configuration. */
export interface StandaloneDeps {
  /** The command line of each child process. */
  commands: { migrate: string[]; api: string[]; worker: string[] };
  /** The caller's environment. The children inherit it. */
  environment: Environment;
  /** Working directory of the children. */
  directory: string;
  restartPolicy: RestartPolicy;
  /** How often to say that a child is not ready yet. */
  waitingNoticeMs: number;
  shutdown: ShutdownRequests;
  /** Prints progress for the user. */
  print(line: string): void;
  /** Prints an error for the user. */
  reportError(line: string): void;
}

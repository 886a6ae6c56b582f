import type { Logger } from '@thumbnail-api/telemetry';
import type { Links } from './actions.ts';

/** What the middleware lays out for every request. */
export interface ApiEnv {
  Variables: {
    /** Names the request in logs, headers and problems. */
    requestId: string;
    log: Logger;
    links: Links;
  };
}

import type { Logger } from '@thumbnail-api/telemetry';
import type { Links } from './actions.ts';
import type { OpenDownloads } from './open-downloads.ts';

/** What the server and the middleware lay out for every request. */
export interface ApiEnv {
  Bindings: {
    /** The server that the request came in by; absent when the app is asked in process. */
    server?: {
      timeout(request: Request, seconds: number): void;
      requestIP?(request: Request): { address: string } | null;
    };
  };
  Variables: {
    /** Names the request in logs, headers and problems. */
    requestId: string;
    /** Whom what this request makes belongs to; `everybody` while callers are not told apart. */
    owner: string;
    log: Logger;
    links: Links;
    downloads: OpenDownloads;
  };
}

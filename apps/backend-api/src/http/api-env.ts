import type { KeyScope } from '@thumbnail-api/db';
import type { Logger, Trace } from '@thumbnail-api/telemetry';
import type { OpenDownloads } from '../downloads/open-downloads.ts';
import type { Links } from './actions.ts';

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
    /** Whose things this request sees and makes: `everybody` with `AUTH=none`, and nobody's (empty) without a key. */
    owner: string;
    /** What it may do. */
    scope: KeyScope | 'none';
    /** It came by a signed link, and may see the one thumbnail that the link names. */
    isShared: boolean;
    log: Logger;
    /** The trace it belongs to: its client's, or one of its own. */
    trace: Trace;
    links: Links;
    downloads: OpenDownloads;
  };
}

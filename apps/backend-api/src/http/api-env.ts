import type { KeyScope } from '@thumbnail-api/db';
import type { VisibleOwner } from '@thumbnail-api/jobs';
import type { Logger, Trace } from '@thumbnail-api/telemetry';
import type { Turn } from '../access/turns.ts';
import type { WrongTokens } from '../access/wrong-tokens.ts';
import type { ActiveDownloads } from '../downloads/active-downloads.ts';
import type { Links } from './actions.ts';

/** What the server and the middleware provide to every handler. */
export interface ApiEnv {
  Bindings: {
    /** The server that received the request; absent when a test calls the app without a server. */
    server?: {
      timeout(request: Request, seconds: number): void;
      requestIP?(request: Request): { address: string } | null;
    };
  };
  Variables: {
    /** Identifies the request in logs, headers and problems. */
    requestId: string;
    /** The owner of what the request creates: `everybody` with `AUTH=none`, empty without a key. */
    owner: string;
    /** The owner of what the request may read and change: the same, or any with a key of the scope `admin`. */
    visibleOwner: VisibleOwner;
    /** What the caller may do. */
    scope: KeyScope | 'none';
    /** Whether a valid signed link gives access to the one thumbnail that it names. */
    isShared: boolean;
    /** The bytes of an upload that were received so far; null for other requests. */
    bytesIn: number | null;
    /** Whether the address of the caller sends far more requests for health and metrics than probes and scrapers do. */
    isFlooding: boolean;
    /** Released before a handler waits for anything but the database. */
    turn: Turn;
    log: Logger;
    /** The trace of the client, or a new one. */
    trace: Trace;
    links: Links;
    activeDownloads: ActiveDownloads;
    wrongTokens: WrongTokens;
  };
}

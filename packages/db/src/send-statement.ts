import type { Query } from 'drizzle-orm';
import type postgres from 'postgres';

/** A statement on its way. */
export interface SentStatement {
  rows: Promise<Record<string, unknown>[]>;
  /** Says, once it failed or is late, whether the server may have got it. */
  wasSent: () => boolean;
}

/** What the driver knows of a statement: null until it was handed to a connection. */
type DriverQuery = postgres.PendingQuery<postgres.Row[]> & { state?: object | null };

/**
 * Sends a statement, prepared once for each connection. When it is late and still waits for a connection it is cancelled: it
 * would be sent all the same when the server comes back, since the end of a pool waits for it.
 */
export function sendStatement(client: postgres.Sql, { sql, params }: Query, late: AbortSignal): SentStatement {
  const query: DriverQuery = client.unsafe(sql, params as never[], { prepare: true });
  let wasSent = false;
  const look = () => {
    wasSent = query.state !== null;
  };
  late.addEventListener('abort', () => {
    look();
    if (!wasSent) query.cancel();
  });
  const send = async () => {
    try {
      return await query;
    } catch (error) {
      if (!late.aborted) look();
      throw error;
    }
  };
  return { rows: send(), wasSent: () => wasSent };
}

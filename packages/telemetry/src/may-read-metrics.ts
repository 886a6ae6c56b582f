import { createHash, timingSafeEqual } from 'node:crypto';
import type { MetricsAccess } from '@thumbnail-api/config';

/**
 * Says whether a request with this `Authorization` may see metrics and the details of readiness: it bears the token, or
 * there is none and access is open. How long it takes tells nothing of the token.
 */
export function mayReadMetrics({ token, isOpen }: MetricsAccess, authorization: string | null | undefined): boolean {
  if (!token) return isOpen;
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token.reveal()));
}

const digest = (text: string) => createHash('sha256').update(text).digest();

import { isSameSecret, type MetricsAccess } from '@thumbnail-api/config';

/**
 * Reports whether a request may read the metrics and the details of readiness.
 *
 * With a token configured, the `Authorization` header must carry it as bearer token (RFC 6750); it is compared in
 * constant time. Without one, access depends on `isOpen`.
 */
export function mayReadMetrics({ token, isOpen }: MetricsAccess, authorization: string | null | undefined): boolean {
  if (!token) return isOpen;
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  return isSameSecret(given, token.reveal());
}

import { z } from 'zod';
import type { ReportIssue, Values } from '../load-config.ts';
import { Secret } from '../secret.ts';
import { httpUrl, wholeNumber } from './variables.ts';

/** The variables that say from where the API can be reached. */
export const exposureVariables = {
  HOST: z
    .string()
    .default('127.0.0.1')
    .meta({ description: 'Address that the API listens on. The container images set it to 0.0.0.0.' }),
  PUBLISHED_HOST: z.string().optional().meta({
    description:
      'Address at which the port of the container is published. The compose file sets it to its own `HOST`. If it is a loopback address, `HOST` of the container does not count as reachable by others.',
    example: '127.0.0.1',
  }),
  PUBLIC_URL: httpUrl().optional().meta({
    description: 'Base URL of all links in responses. If unset, links use the host of the request.',
    example: 'https://thumbnails.example',
  }),
  TRUST_PROXY_HOPS: wholeNumber(0, 10)
    .default(0)
    .meta({ description: 'Number of reverse proxies whose headers are trusted. 0 trusts none.' }),
};

type ExposureValues = Values<typeof exposureVariables>;

const loopback = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/i;

/**
 * Reports whether other machines can reach the API: it listens or is published beyond loopback, has a public address, or is
 * behind a proxy.
 */
export const isReachable = ({ HOST, PUBLISHED_HOST, PUBLIC_URL, TRUST_PROXY_HOPS }: ExposureValues): boolean =>
  TRUST_PROXY_HOPS > 0 ||
  (PUBLIC_URL !== undefined && !loopback.test(new URL(PUBLIC_URL).hostname)) ||
  !loopback.test(PUBLISHED_HOST ?? HOST);

/** Each secret that `.env.example` ships, and the variable without which it is not used. */
const shippedSecrets: Record<string, string | undefined> = {
  POSTGRES_PASSWORD: undefined,
  POSTGRES_MIGRATE_PASSWORD: 'POSTGRES_MIGRATE_USER',
  REDIS_PASSWORD: 'REDIS_HOST',
  S3_SECRET_KEY: 'S3_BUCKET',
  METRICS_TOKEN: undefined,
};

/** Reports every secret that everybody knows, because it was shipped with the service, where other machines can reach it. */
export function checkShippedSecrets(
  values: ExposureValues & Partial<Record<string, unknown>>,
  report: ReportIssue,
): void {
  if (!isReachable(values)) return;
  for (const [name, user] of Object.entries(shippedSecrets)) {
    const secret = values[name];
    const isUsed = user === undefined || values[user] !== undefined;
    if (isUsed && secret instanceof Secret && /^change-me/i.test(secret.reveal()))
      report(
        name,
        'is a value of .env.example, which everybody knows, and other machines can reach the API: change it',
      );
  }
}

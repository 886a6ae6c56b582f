import { hasKeys } from '@thumbnail-api/api-keys';
import type { ApiConfig } from '@thumbnail-api/config';
import type { JobsDeps } from '@thumbnail-api/jobs';

const loopback = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/;

/** Logs a warning if the API is reachable from other machines without keys, or if it requires keys and none exists. */
export async function warnAboutAccess(
  { access, listen }: Pick<ApiConfig, 'access' | 'listen'>,
  { database, log }: Pick<JobsDeps, 'database' | 'log'>,
): Promise<void> {
  if (access.auth === 'none' && !loopback.test(listen.host)) {
    log.warn(
      { host: listen.host },
      'the API requires no key: every client that can reach it has full access; set AUTH=api-key or restrict network access',
    );
  }
  if (access.auth === 'api-key' && !(await hasKeys({ database }))) {
    log.warn('no API key exists, requests are rejected: run bun run keys create --name <name> --scope write');
  }
}

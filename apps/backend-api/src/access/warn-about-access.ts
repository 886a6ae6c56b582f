import { hasKeys } from '@thumbnail-api/api-keys';
import type { ApiConfig } from '@thumbnail-api/config';
import type { JobsDeps } from '@thumbnail-api/jobs';

const loopback = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/;

/** Warns, once, of an API that everybody can reach and use, and of one that nobody can use yet; each says what to do. */
export async function warnAboutAccess(
  { access, listen }: Pick<ApiConfig, 'access' | 'listen'>,
  { database, log }: Pick<JobsDeps, 'database' | 'log'>,
): Promise<void> {
  if (access.auth === 'none' && !loopback.test(listen.host)) {
    log.warn(
      { host: listen.host },
      'whoever reaches this address may do everything: set AUTH=api-key, or let only those reach it who may',
    );
  }
  if (access.auth === 'api-key' && !(await hasKeys({ database }))) {
    log.warn('there is no key yet, so nobody is let in: bun run keys create --name <name> --scope write');
  }
}

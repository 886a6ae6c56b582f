import type { z } from 'zod';
import { ConfigError, configExitCode, type Environment, loadConfig } from './load-config.ts';

/** For `main.ts`: {@link loadConfig}, or every fault on standard error and exit 78. */
export function loadConfigOrExit<T>(schema: z.ZodType<T>, names: readonly string[], environment: Environment): T {
  try {
    return loadConfig(schema, names, environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(configExitCode);
  }
}

import { type ConfigDefinition, ConfigError, type Environment, loadConfig, type Variables } from './load-config.ts';

/** The exit status for a configuration that cannot be used (EX_CONFIG of sysexits.h). */
export const configExitCode = 78;

/** For `main.ts`: {@link loadConfig}, or every fault on standard error and exit 78. */
export function loadConfigOrExit<V extends Variables, T>(
  definition: ConfigDefinition<V, T>,
  environment: Environment,
): T {
  try {
    return loadConfig(definition, environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(configExitCode);
  }
}

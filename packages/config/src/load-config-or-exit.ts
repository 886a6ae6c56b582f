import { type ConfigDefinition, ConfigError, type Environment, loadConfig, type Variables } from './load-config.ts';

/** The exit status for an invalid configuration (EX_CONFIG in sysexits.h). */
export const configExitCode = 78;

/** Calls {@link loadConfig}; if the configuration is invalid, prints every issue to standard error and exits with 78. */
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

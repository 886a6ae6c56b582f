import { readFileSync } from 'node:fs';
import type { z } from 'zod';

/** The exit status for a configuration that cannot be used (EX_CONFIG of sysexits.h). */
export const configExitCode = 78;

/** Every fault of an environment, by name. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: string[];

  constructor(faults: string[]) {
    super(`The configuration cannot be used:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/** The variables of a process, as the operating system has them. */
export type Environment = Record<string, string | undefined>;

/**
 * Turns an environment into a typed configuration.
 *
 * An empty value counts as unset. `NAME_FILE` gives the value of `NAME` as the content of a file (one trailing newline
 * dropped), as Docker and Kubernetes hand out secrets.
 *
 * @throws ConfigError with every fault at once; the values themselves are never repeated
 */
export function loadConfig<T>(schema: z.ZodType<T>, names: readonly string[], environment: Environment): T {
  const faults: string[] = [];
  const values: Record<string, string> = {};
  for (const name of names) {
    const value = readVariable(name, environment, faults);
    if (value) values[name] = value;
  }
  const parsed = schema.safeParse(values);
  for (const issue of parsed.error?.issues ?? []) {
    const name = issue.path.join('.');
    const missing = issue.code === 'invalid_type' && !(name in values);
    faults.push(missing ? `${name} is not set` : `${name}: ${issue.message}`);
  }
  if (faults.length > 0 || !parsed.success) throw new ConfigError(faults);
  return parsed.data;
}

function readVariable(name: string, environment: Environment, faults: string[]): string | undefined {
  const file = environment[`${name}_FILE`];
  let value = environment[name];
  if (file && value) faults.push(`${name} and ${name}_FILE are both set: choose one`);
  if (file && !value) {
    try {
      value = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    } catch {
      faults.push(`${name}_FILE names a file that cannot be read`);
    }
  }
  return value;
}

import { readFileSync } from 'node:fs';
import type { z } from 'zod';

/** The variables of a process, as the operating system has them. */
export type Environment = Record<string, string | undefined>;

/** Variables by name, each with the schema of its text. */
export type Variables = Record<string, z.ZodType>;

/** The parsed values of {@link Variables}. */
export type Values<V extends Variables> = { [Name in keyof V]: z.output<V[Name]> };

/** Reports what is wrong between variables. */
export type Fault = (name: string, message: string) => void;

/** What a process reads: variables, what must hold between them, and what it makes of them. */
export interface ConfigDefinition<V extends Variables, T> {
  variables: V;
  /** Each says what is missing or contradictory; a value that is itself at fault is seen as unset. */
  checks: ((values: Values<V>, fault: Fault) => void)[];
  build: (values: Values<V>) => T;
}

/** Every fault of an environment, by name. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: string[];

  constructor(faults: string[]) {
    super(`The configuration cannot be used:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/** Names the type of a definition without spelling it out. */
export const defineConfig = <V extends Variables, T>(definition: ConfigDefinition<V, T>): ConfigDefinition<V, T> =>
  definition;

/**
 * Turns an environment into a typed configuration.
 *
 * An empty value counts as unset. `NAME_FILE` gives the value of `NAME` as the content of a file (one trailing newline
 * dropped), as Docker and Kubernetes hand out secrets.
 *
 * @throws ConfigError with every fault at once; the values themselves are never repeated
 */
export function loadConfig<V extends Variables, T>(definition: ConfigDefinition<V, T>, environment: Environment): T {
  const faults: string[] = [];
  const entries = Object.entries(definition.variables).map(([name, schema]) => {
    const text = readVariable(name, environment, faults) || undefined;
    const parsed = schema.safeParse(text);
    for (const { message } of parsed.error?.issues ?? [])
      faults.push(text ? `${name}: ${message}` : `${name} is not set`);
    return [name, parsed.data] as const;
  });
  const values = Object.fromEntries(entries) as Values<V>;
  for (const check of definition.checks) check(values, (name, message) => faults.push(`${name} ${message}`));
  if (faults.length > 0) throw new ConfigError(faults);
  return definition.build(values);
}

function readVariable(name: string, environment: Environment, faults: string[]): string | undefined {
  const file = environment[`${name}_FILE`];
  const value = environment[name];
  if (!file) return value;
  if (value) faults.push(`${name} and ${name}_FILE are both set: choose one`);
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch {
    faults.push(`${name}_FILE names a file that cannot be read`);
    return undefined;
  }
}

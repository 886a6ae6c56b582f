import { readFileSync } from 'node:fs';
import type { z } from 'zod';

/** Environment variables, as in `process.env`. */
export type Environment = Record<string, string | undefined>;

/** The schema of each variable, by name. */
export type Variables = Record<string, z.ZodType>;

/** The parsed values of {@link Variables}. */
export type Values<V extends Variables> = { [Name in keyof V]: z.output<V[Name]> };

/** Reports an issue that involves more than one variable. `message` continues a sentence that starts with `name`. */
export type ReportIssue = (name: string, message: string) => void;

/** The variables of a process, the rules between them, and the configuration built from them. */
export interface ConfigDefinition<V extends Variables, T> {
  variables: V;
  /** Report missing or contradictory variables. A variable with an invalid value is undefined here. */
  checks: ((values: Values<V>, report: ReportIssue) => void)[];
  build: (values: Values<V>) => T;
}

/** An environment that cannot be used, with every issue found in it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** One sentence each; it starts with the name of the variable. */
  readonly issues: string[];

  constructor(issues: string[]) {
    super(`The configuration is invalid:\n${issues.map((issue) => `  ${issue}`).join('\n')}`);
    this.issues = issues;
  }
}

/** Returns a definition unchanged; it exists so that TypeScript infers the types. */
export const defineConfig = <V extends Variables, T>(definition: ConfigDefinition<V, T>): ConfigDefinition<V, T> =>
  definition;

/**
 * Parses an environment into a configuration.
 *
 * An empty value counts as unset. `NAME_FILE` is the path of a file with the value of `NAME`, without one trailing
 * newline, as Docker and Kubernetes provide secrets.
 *
 * @throws ConfigError with every issue at once; it contains no values
 */
export function loadConfig<V extends Variables, T>(definition: ConfigDefinition<V, T>, environment: Environment): T {
  const issues: string[] = [];
  const entries = Object.entries(definition.variables).map(([name, schema]) => {
    const text = readVariable(name, environment, issues) || undefined;
    const parsed = schema.safeParse(text);
    for (const { message } of parsed.error?.issues ?? [])
      issues.push(text ? `${name}: ${message}` : `${name} is not set`);
    return [name, parsed.data] as const;
  });
  const values = Object.fromEntries(entries) as Values<V>;
  for (const check of definition.checks) check(values, (name, message) => issues.push(`${name} ${message}`));
  if (issues.length > 0) throw new ConfigError(issues);
  return definition.build(values);
}

function readVariable(name: string, environment: Environment, issues: string[]): string | undefined {
  const file = environment[`${name}_FILE`];
  const value = environment[name];
  if (!file) return value;
  if (value) issues.push(`${name} and ${name}_FILE are both set: set only one`);
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch {
    issues.push(`${name}_FILE names a file that cannot be read`);
    return undefined;
  }
}

import { variableGroups } from '../packages/config/src/index.ts';
import { composeVariables } from './compose-variables.ts';

/** A variable as the documentation shows it. */
interface DocumentedVariable {
  name: string;
  description: string;
  /** As written in `.env`; empty when there is none. */
  defaultValue: string;
  example: string;
}

type Schema = { meta(): unknown; safeParse(value: unknown): { data?: unknown } };

function documentVariable(name: string, schema: Schema): DocumentedVariable {
  const { description = '', example = '' } = (schema.meta() ?? {}) as { description?: string; example?: string };
  const defaultValue = schema.safeParse(undefined).data;
  return { name, description, defaultValue: defaultValue === undefined ? '' : String(defaultValue), example };
}

const groups = variableGroups.map(({ title, variables }) => ({
  title,
  variables: Object.entries(variables).map(([name, schema]) => documentVariable(name, schema)),
}));

/**
 * Renders `.env.example`. Variables that docker-compose requires are set. The others are commented out, because Bun loads
 * `.env` by itself.
 */
export function renderEnvExample(): string {
  const sections = groups.map(({ title, variables }) => {
    const lines = variables.map(({ name, description, defaultValue, example }) => {
      const value = composeVariables.overrides[name];
      const assignment = value === undefined ? `# ${name}=${example || defaultValue}` : `${name}=${value}`;
      return `# ${description.replaceAll('`', '')}\n${assignment}`;
    });
    return `# --- ${title.replaceAll('`', '')} ---\n${lines.join('\n')}`;
  });
  return `${[composeVariables.head, ...sections].join('\n\n')}\n`;
}

/** Renders `docs/configuration.md`. */
export function renderConfigurationPage(): string {
  const tables = groups.map(({ title, variables }) => {
    const rows = variables.map(
      ({ name, description, defaultValue }) =>
        `| \`${name}\` | ${description} | ${defaultValue ? `\`${defaultValue}\`` : '-'} |`,
    );
    return `## ${title}\n\n| variable | meaning | default |\n|---|---|---|\n${rows.join('\n')}`;
  });
  const head = `# Configuration

The service is configured by environment variables. Each process reads them once, at start. If any of them is invalid, the
process prints every issue and exits with status 78. An empty value counts as unset. Every variable can also be given as
\`NAME_FILE\`, the path of a file that contains the value.

This page is generated from \`packages/config\` by \`bun run generate:docs\`.`;
  return `${[head, ...tables].join('\n\n')}\n`;
}

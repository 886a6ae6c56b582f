import { variableGroups } from '../packages/config/src/index.ts';
import { composeVariables } from './compose-variables.ts';

/** What a variable's schema says of it. */
interface Described {
  name: string;
  description: string;
  /** As it would be written; empty when there is none. */
  fallback: string;
  example: string;
}

function describe(name: string, schema: { meta(): unknown; safeParse(value: unknown): { data?: unknown } }): Described {
  // The outermost wrapper may have lost the description: it stands on the schema that was given one.
  const { description = '', example = '' } = (schema.meta() ?? {}) as { description?: string; example?: string };
  const fallback = schema.safeParse(undefined).data;
  return { name, description, fallback: fallback === undefined ? '' : String(fallback), example };
}

const groups = variableGroups.map(({ title, variables }) => ({
  title,
  variables: Object.entries(variables).map(([name, schema]) => describe(name, schema)),
}));

/** `.env.example`: what compose needs is set, the rest is commented out, since Bun reads `.env` by itself. */
export function renderEnvExample(): string {
  const sections = groups.map(({ title, variables }) => {
    const lines = variables.map(({ name, description, fallback, example }) => {
      const set = composeVariables.overrides[name];
      const assignment = set === undefined ? `# ${name}=${example || fallback}` : `${name}=${set}`;
      return `# ${description.replaceAll('`', '')}\n${assignment}`;
    });
    return `# --- ${title.replaceAll('`', '')} ---\n${lines.join('\n')}`;
  });
  return `${[composeVariables.head, ...sections].join('\n\n')}\n`;
}

/** The tables of `docs/configuration.md`. */
export function renderConfigurationPage(): string {
  const tables = groups.map(({ title, variables }) => {
    const rows = variables.map(
      ({ name, description, fallback }) => `| \`${name}\` | ${description} | ${fallback ? `\`${fallback}\`` : '-'} |`,
    );
    return `## ${title}\n\n| variable | what it does | default |\n|---|---|---|\n${rows.join('\n')}`;
  });
  const head = `# Configuration

Every variable, read once at start. A process that finds faults names all of them and exits 78. Any variable can be given
as \`NAME_FILE\`, the path of a file that holds the value. An empty value counts as unset.

Made from the schema in \`packages/config\` by \`bun run generate:docs\`.`;
  return `${[head, ...tables].join('\n\n')}\n`;
}

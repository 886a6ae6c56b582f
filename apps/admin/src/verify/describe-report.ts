import type { VerificationReport } from '@thumbnail-api/jobs';

const keysMax = 20;
const problems = {
  missing: 'Objects that rows name and that are missing',
  size: 'Objects with another size than their rows say',
  orphan: 'Objects that no row names (bun run sweep)',
} as const;

/** Describes the result of a verification for a person, with the first keys of each finding. */
export function describeReport({ compared, findings, quarantined, named, restored }: VerificationReport): string {
  const sections = Object.entries(problems).map(([problem, title]) => {
    const keys = findings.filter((finding) => finding.problem === problem).map(({ key }) => key);
    return section(title, keys);
  });
  return [
    `Rows and objects compared: ${compared}`,
    ...sections,
    `Quarantined objects: ${quarantined}`,
    ...(restored > 0 ? [`Quarantined objects moved back: ${restored}`] : []),
    section('Quarantined objects that a row names (bun run admin verify --restore)', named),
  ].join('\n');
}

function section(title: string, keys: string[]): string {
  const more = keys.length > keysMax ? [`  and ${keys.length - keysMax} more`] : [];
  return [`${title}: ${keys.length}`, ...keys.slice(0, keysMax).map((key) => `  ${key}`), ...more].join('\n');
}

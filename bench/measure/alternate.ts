import type { Round } from './figure.ts';

/** What is measured, and what it is measured against; each gives one number, and both have the same unit. */
export interface Sides {
  subject: () => Promise<number>;
  baseline: () => Promise<number>;
}

/**
 * Measures both sides in turn, so that whatever the machine does meanwhile it does to both.
 *
 * Each side has one turn before the first round, which does not count.
 */
export async function alternate(rounds: number, { subject, baseline }: Sides): Promise<Round[]> {
  await baseline();
  await subject();
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = round % 2 === 0;
    const early = first ? await subject() : await baseline();
    const late = first ? await baseline() : await subject();
    measured.push(first ? { subject: early, baseline: late } : { subject: late, baseline: early });
  }
  return measured;
}

/** What is measured, and what it is measured against; both give the same kind of thing in the same unit. */
export interface Sides<T> {
  subject: () => Promise<T>;
  baseline: () => Promise<T>;
}

/**
 * Measures both sides in turn, so that whatever the machine does meanwhile it does to both.
 *
 * Each side has one turn before the first round, which does not count.
 */
export async function alternate<T = number>(
  rounds: number,
  { subject, baseline }: Sides<T>,
): Promise<{ subject: T; baseline: T }[]> {
  await baseline();
  await subject();
  const measured: { subject: T; baseline: T }[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = round % 2 === 0;
    const early = first ? await subject() : await baseline();
    const late = first ? await baseline() : await subject();
    measured.push(first ? { subject: early, baseline: late } : { subject: late, baseline: early });
  }
  return measured;
}

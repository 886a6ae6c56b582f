/** What is measured, and what it is compared with. */
export interface Sides<T> {
  subject: () => Promise<T>;
  baseline: () => Promise<T>;
}

/**
 * Measures both sides alternately, so that changes of the machine affect both.
 *
 * Each side first runs once without being counted. The side that starts a round changes from round to round.
 */
export async function alternate<T = number>(
  rounds: number,
  { subject, baseline }: Sides<T>,
): Promise<{ subject: T; baseline: T }[]> {
  await baseline();
  await subject();
  const measured: { subject: T; baseline: T }[] = [];
  for (let round = 0; round < rounds; round++) {
    const isSubjectFirst = round % 2 === 0;
    const first = isSubjectFirst ? await subject() : await baseline();
    const second = isSubjectFirst ? await baseline() : await subject();
    measured.push(isSubjectFirst ? { subject: first, baseline: second } : { subject: second, baseline: first });
  }
  return measured;
}

import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/** By how much jobs of an owner took longer than estimated, in milliseconds; negative if they were faster or were deleted. */
export interface TurnCorrection {
  owner: string;
  ms: number;
}

/** Moves the next turns of owners, by what their jobs really took. Owners whose turns were forgotten are left out. */
export async function correctTurns(
  { database }: Pick<JobsDeps, 'database'>,
  corrections: readonly TurnCorrection[],
): Promise<void> {
  if (corrections.length === 0) return;
  // Two workers lock the rows in one order.
  await database.run((executor) =>
    executor.execute(sql`
      with corrected as (
        select turn.owner, correction.ms from owner_turns as turn
        join jsonb_to_recordset(${JSON.stringify(corrections)}::jsonb) as correction (owner text, ms float8) using (owner)
        order by turn.owner for update of turn
      )
      update owner_turns as turn set next_start = next_start + ms * interval '1 ms'
      from corrected where corrected.owner = turn.owner`),
  );
}

import { jobs } from '@thumbnail-api/db';
import { sql } from 'drizzle-orm';
import type { JobsDeps } from '../deps.ts';

/** By how much jobs of an owner took longer than estimated, in milliseconds; negative if they were faster or were deleted. */
export interface TurnCorrection {
  owner: string;
  ms: number;
}

/**
 * Moves the next turns of owners by what their jobs really took. A turn is not moved before the owner's newest waiting job: the
 * jobs of one owner run in the order in which they were created.
 */
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
      update owner_turns as turn set next_start = greatest(
        next_start + ms * interval '1 ms',
        (select ${jobs.fairStart} from ${jobs}
          where ${jobs.owner} = turn.owner and ${jobs.status} = 'uploaded' and ${jobs.deletedAt} is null
          order by ${jobs.createdAt} desc limit 1))
      from corrected where corrected.owner = turn.owner`),
  );
}

import type { Sql } from 'postgres';

/** Records every change of a job's status in the table `fault_transitions`, with a trigger. */
export async function recordTransitions(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create table fault_transitions (
      id bigint generated always as identity, job_id uuid not null, run int not null,
      before text not null, after text not null, at timestamptz not null default clock_timestamp());
    create function record_transition() returns trigger language plpgsql security definer as $$ begin
      insert into fault_transitions (job_id, run, before, after) values (new.id, new.run, old.status, new.status);
      return null;
    end $$;
    create trigger record_transition after update of status on jobs
      for each row when (old.status is distinct from new.status) execute function record_transition();`);
}

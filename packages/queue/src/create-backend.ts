import { createPostgresBackend } from 'bullmq';

/**
 * BullMQ on Postgres, with a role that may only read and change rows.
 *
 * BullMQ adds many independent messages through temporary tables and a new sequence, which this role may not create. Its
 * insert for flows adds the same messages, also in one statement, without them.
 */
export const createBackend: typeof createPostgresBackend = (name, options, factoryOptions) => {
  const backend = createPostgresBackend(name, options, factoryOptions);
  backend.addJobs = async (entries) => {
    const added = await backend.addFlow(
      entries.map(({ job, jobId, parentKeyOpts = {} }) => {
        return { prefix: '', queueName: name, jobData: job, jobId, parentKeyOpts };
      }),
    );
    return added.map(([error, id]) => {
      if (error) throw error;
      return String(id);
    });
  };
  return backend;
};

import { join } from 'node:path';

/** Where the parts of an embedded Postgres lie below its directory. */
export interface ClusterPaths {
  directory: string;
  /** Complete once it exists: it is renamed into place. */
  cluster: string;
  /** What Postgres calls its data directory. */
  data: string;
  passwordFile: string;
  /** `TMPDIR` of every process. */
  temporary: string;
  /** What Postgres said since the last start; the run before is kept beside it. */
  log: string;
  previousLog: string;
}

/** Names every path below `directory`, which must be absolute. */
export const clusterPaths = (directory: string): ClusterPaths => ({
  directory,
  cluster: join(directory, 'cluster'),
  data: join(directory, 'cluster', 'data'),
  passwordFile: join(directory, 'cluster', 'password'),
  temporary: join(directory, 'tmp'),
  log: join(directory, 'postgres.log'),
  previousLog: join(directory, 'postgres.previous.log'),
});

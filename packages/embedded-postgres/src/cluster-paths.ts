import { join } from 'node:path';

/** The paths of an embedded Postgres, all below its directory. */
export interface ClusterPaths {
  directory: string;
  /** It is created elsewhere and renamed into place, so it is complete if it exists. */
  cluster: string;
  /** The data directory of Postgres. */
  data: string;
  /** The password of the role that owns the tables. */
  passwordFile: string;
  /** The password of the role of the API and the worker. */
  servicePasswordFile: string;
  /** The `TMPDIR` of every process. */
  temporary: string;
  /** Output of Postgres since the last start. */
  log: string;
  /** Output of the run before. */
  previousLog: string;
}

/** Returns all paths below `directory`, which must be absolute. */
export const clusterPaths = (directory: string): ClusterPaths => ({
  directory,
  cluster: join(directory, 'cluster'),
  data: join(directory, 'cluster', 'data'),
  passwordFile: join(directory, 'cluster', 'password'),
  servicePasswordFile: join(directory, 'cluster', 'service-password'),
  temporary: join(directory, 'tmp'),
  log: join(directory, 'postgres.log'),
  previousLog: join(directory, 'postgres.previous.log'),
});

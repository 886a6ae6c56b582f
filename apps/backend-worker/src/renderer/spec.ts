// The renderer takes these two files of packages/jobs and nothing else of it: no database comes with them.
export { findOutputFault, resultSize, type Size } from '../../../../packages/jobs/src/result-size.ts';
export type { Spec } from '../../../../packages/jobs/src/spec.ts';

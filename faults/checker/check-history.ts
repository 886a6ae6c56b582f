import type { Upload } from '../stack/send-image.ts';
import type { State } from './read-state.ts';

/** The faults that were found, one sentence each. */
export interface Verdict {
  /** Accepted uploads without their job, and missing or damaged objects. */
  lost: string[];
  /** Jobs that have not ended. */
  stuck: string[];
  /** Uploads with two jobs, and jobs that ended twice or changed after their end. */
  duplicated: string[];
  /** Jobs of refused uploads or of no upload, and jobs that ended in a way that their image does not explain. */
  unexpected: string[];
  /** Objects without a row. */
  orphans: string[];
}

/** The verdict on a run without a fault. */
export const noFaults: Verdict = { lost: [], stuck: [], duplicated: [], unexpected: [], orphans: [] };

/** What a restored database no longer knows: rows from after its backup. Their objects must stay. */
export interface Forgotten {
  /** Ids. */
  jobs: Set<string>;
  /** SHA-256 by the id of the image. */
  originals: Map<string, string>;
  /** Keys. */
  thumbnails: Set<string>;
}

/** How a run differs from one without a restored database. */
export interface Exceptions {
  forgotten?: Forgotten;
  /** Whether an operator has moved every orphan to the quarantine, and so what a restored database does not know. */
  isSwept?: boolean;
}

/** Before any database was restored. */
export const forgetNothing = (): Forgotten => ({ jobs: new Set(), originals: new Map(), thumbnails: new Set() });

/** The keys of objects whose rows a restored database does not have. */
export const forgottenKeys = ({ originals, thumbnails }: Forgotten): string[] => [
  ...[...originals.keys()].map((id) => `originals/${id}`),
  ...thumbnails,
];

/** How the job of a valid image may fail: after five tries without a dependency, or after killed renderers. */
const transientCodes = new Set(['storage_unavailable', 'internal_error', 'render_crashed']);
const endStatuses = new Set(['success', 'error']);

/** Compares the answers that clients got with the rows and objects that exist. Call it when every job had time to end. */
export function checkHistory(
  uploads: Upload[],
  state: State,
  { forgotten = forgetNothing(), isSwept = false }: Exceptions = {},
): Verdict {
  return {
    lost: [...findLost(uploads, state, forgotten), ...findErased(state, forgotten, isSwept)],
    stuck: state.jobs
      .filter(({ status }) => !endStatuses.has(status))
      .map(({ id, status }) => `job ${id} is ${status}`),
    duplicated: findDuplicated(state),
    unexpected: findUnexpected(uploads, state),
    orphans: findOrphans(state, forgotten),
  };
}

/** Counts the faults in a verdict. */
export const countFaults = (verdict: Verdict): number => Object.values(verdict).flat().length;

function findLost(uploads: Upload[], { jobs, images, thumbnails, objects }: State, forgotten: Forgotten): string[] {
  const ids = new Set([...jobs.map(({ id }) => id), ...forgotten.jobs]);
  const sha256Of = new Map(images.map(({ id, sha256 }) => [id, sha256]));
  const withThumbnail = new Set(thumbnails.map(({ jobId }) => jobId));
  return [
    ...uploads
      .filter(({ outcome, id }) => outcome === 'accepted' && !ids.has(id ?? ''))
      .map(({ id, name }) => `job ${id} (${name}) is missing`),
    ...jobs
      .filter(({ imageId }) => objects.get(`originals/${imageId}`) !== sha256Of.get(imageId))
      .map(({ id }) => `the original of job ${id} is missing or damaged`),
    ...jobs
      .filter(({ id, status }) => status === 'success' && !withThumbnail.has(id))
      .map(({ id }) => `job ${id} succeeded without a thumbnail`),
    ...thumbnails
      .filter(({ key, sha256 }) => objects.get(key) !== sha256)
      .map(({ key }) => `${key} is missing or damaged`),
  ];
}

/** Finds originals that a restored database does not know and that were moved or erased. */
function findErased({ objects }: State, { originals }: Forgotten, isSwept: boolean): string[] {
  return [...originals].flatMap(([id, sha256]) => {
    const key = `originals/${id}`;
    const found = objects.get(key) ?? (isSwept ? objects.get(`orphans/${key}`) : undefined);
    return found === sha256 ? [] : [`${key}, which the restored database does not know, was moved, erased or damaged`];
  });
}

function findDuplicated({ images, jobs, transitions }: State): string[] {
  const ends = transitions.filter(({ after }) => endStatuses.has(after));
  return [
    ...findRepeated(images.map(({ filename }) => filename)).map((name) => `${name} has two images`),
    ...findRepeated(jobs.map(({ imageId }) => imageId)).map((id) => `image ${id} has two jobs`),
    ...findRepeated(ends.map(({ jobId }) => jobId)).map((id) => `job ${id} ended twice`),
    ...transitions
      .filter(({ before }) => endStatuses.has(before))
      .map(({ jobId, before, after }) => `job ${jobId} went from ${before} to ${after}`),
  ];
}

function findUnexpected(uploads: Upload[], { jobs, images }: State): string[] {
  const uploadOf = new Map(uploads.map((upload) => [upload.name, upload]));
  const nameOf = new Map(images.map(({ id, filename }) => [id, filename]));
  return jobs.flatMap((job) => {
    const name = nameOf.get(job.imageId) ?? '';
    const upload = uploadOf.get(name);
    if (!upload) return [`job ${job.id} (${name}) was not sent`];
    if (upload.outcome === 'refused') return [`job ${job.id} (${name}) was refused`];
    return mayEndIn(upload, job) ? [] : [`job ${job.id} (${name}) ended in ${job.errorCode ?? job.status}`];
  });
}

function mayEndIn({ isValid }: Upload, { status, errorCode }: State['jobs'][number]): boolean {
  if (status === 'success') return isValid;
  return status !== 'error' || !isValid || transientCodes.has(errorCode ?? '');
}

function findOrphans({ images, thumbnails, objects }: State, forgotten: Forgotten): string[] {
  const keys = new Set([
    ...images.map(({ id }) => `originals/${id}`),
    ...thumbnails.map(({ key }) => key),
    ...forgottenKeys(forgotten),
  ]);
  return [...objects.keys()].filter((key) => !key.startsWith('orphans/') && !keys.has(key));
}

/** Returns the values that occur more than once, each one time. */
function findRepeated(values: string[]): string[] {
  const groups = Map.groupBy(values, (value) => value);
  return [...groups].filter(([, same]) => same.length > 1).map(([value]) => value);
}

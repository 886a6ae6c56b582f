import type { Upload } from './history.ts';
import type { State } from './read-state.ts';

/** What is wrong, in plain sentences; nothing is, when every list is empty. */
export interface Verdict {
  /** Accepted, and not there any more: the job, its original, a thumbnail of it, or their bytes. */
  lost: string[];
  /** Neither in success nor in error, after everything had time to end. */
  stuck: string[];
  /** One upload with two jobs, or one job that ended twice or left its end again. */
  duplicated: string[];
  /** A job that nobody may expect: of a refused or never sent upload, or with an end that its picture does not explain. */
  unexpected: string[];
  /** Objects that no row names. */
  orphans: string[];
}

/** What a good picture may end in when a part was away for longer than five tries took, or its renderers were killed. */
const passing = new Set(['storage_unavailable', 'internal_error', 'render_crashed']);
const ends = new Set(['success', 'error']);

/** Compares what clients were told with what is there. */
export function checkHistory(uploads: Upload[], state: State): Verdict {
  const jobs = new Map(state.jobs.map((job) => [job.id, job]));
  const images = new Map(state.images.map((image) => [image.id, image]));
  const sent = new Map(uploads.map((upload) => [upload.name, upload]));
  const made = Map.groupBy(state.thumbnails, ({ jobId }) => jobId);

  const accepted = uploads.filter(({ outcome }) => outcome === 'accepted');
  const missing = accepted.filter(({ id }) => !jobs.has(id ?? '')).map(({ id, name }) => `job ${id} (${name}) is gone`);
  const incomplete = state.jobs.flatMap((job) => {
    const image = images.get(job.imageId);
    const original = state.objects.get(`originals/${job.imageId}`);
    const thumbnails = made.get(job.id) ?? [];
    return [
      ...(original === image?.sha256 ? [] : [`the original of job ${job.id} is ${original ? 'another' : 'gone'}`]),
      ...(job.status === 'success' && thumbnails.length === 0 ? [`job ${job.id} succeeded without a thumbnail`] : []),
      ...thumbnails
        .filter(({ key, sha256 }) => state.objects.get(key) !== sha256)
        .map(({ key }) => `${key} is gone or another`),
    ];
  });

  const byName = Map.groupBy(state.images, ({ filename }) => filename);
  const twice = [...byName].filter(([, rows]) => rows.length > 1).map(([name]) => `${name} was taken in twice`);
  const jobsOfImage = Map.groupBy(state.jobs, ({ imageId }) => imageId);
  const twins = [...jobsOfImage].filter(([, rows]) => rows.length > 1).map(([id]) => `image ${id} has two jobs`);
  const moves = Map.groupBy(state.transitions, ({ jobId }) => jobId);
  const endedTwice = [...moves]
    .filter(([, rows]) => rows.filter(({ after }) => ends.has(after)).length > 1)
    .map(([id]) => `job ${id} ended twice`);
  const leftEnd = state.transitions
    .filter(({ before }) => ends.has(before))
    .map(({ jobId, before, after }) => `job ${jobId} went from ${before} to ${after}`);

  const unexpected = state.jobs.flatMap((job) => {
    const name = images.get(job.imageId)?.filename ?? '';
    const upload = sent.get(name);
    if (!upload || upload.outcome === 'refused')
      return [`job ${job.id} (${name}) was ${upload ? 'refused' : 'not sent'}`];
    return isExplained(upload, job) ? [] : [`job ${job.id} (${name}) ended in ${job.errorCode ?? job.status}`];
  });

  const named = new Set([
    ...state.images.map(({ id }) => `originals/${id}`),
    ...state.thumbnails.map(({ key }) => key),
  ]);
  return {
    lost: [...missing, ...incomplete],
    stuck: state.jobs.filter(({ status }) => !ends.has(status)).map(({ id, status }) => `job ${id} is ${status}`),
    duplicated: [...twice, ...twins, ...endedTwice, ...leftEnd],
    unexpected,
    orphans: [...state.objects.keys()].filter((key) => !named.has(key)),
  };
}

function isExplained({ good }: Upload, { status, errorCode }: State['jobs'][number]): boolean {
  if (!ends.has(status)) return true;
  const failed = status === 'error';
  return good ? !failed || passing.has(errorCode ?? '') : failed;
}

/** How many faults it names. */
export const countFaults = (verdict: Verdict): number => Object.values(verdict).flat().length;

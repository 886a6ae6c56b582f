import { problemSchema } from './problem.ts';

const content = { 'application/problem+json': { schema: problemSchema } };

/** Declares the problems that an endpoint may answer with; every one of them has the same body. */
export const problems = <Status extends number>(...statuses: Status[]) =>
  Object.fromEntries(
    statuses.map((status) => [status, { description: descriptions[status] ?? 'Problem', content }]),
  ) as Record<Status, { description: string; content: typeof content }>;

const descriptions: Record<number, string> = {
  400: 'The request cannot be understood.',
  404: 'There is no such thing.',
  408: 'The upload took too long.',
  409: 'Not in this state.',
  413: 'The file is too large.',
  415: 'The file is none of the pictures that are taken.',
  416: 'The file has no such part; `Content-Range` says how long it is.',
  422: 'A parameter is not valid, or the image has too many pixels.',
  500: 'A fault of ours.',
  503: 'A part of the service is away; try again after `Retry-After` seconds.',
};

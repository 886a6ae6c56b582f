import { knownProblems, type ShownCode } from './known-problems.ts';
import { problemSchema } from './problem.ts';

type StatusOf<Code extends ShownCode> = (typeof knownProblems)[Code]['status'];

/** What may happen to any request that is let in. */
const always = ['internal_error', 'unavailable', 'rate_limited'] as const;

/** Declares the problems that an endpoint may answer with, beside those that any may: every status with all its codes. */
export function problems<Code extends ShownCode>(...codes: Code[]) {
  const byStatus = Map.groupBy([...codes, ...always], (code: ShownCode) => knownProblems[code].status);
  const responses = [...byStatus].map(([status, known]) => {
    const examples = Object.fromEntries(known.map((code) => [code, { value: exampleOf(code) }]));
    const description = `${descriptions[status]} Codes: ${known.map((code) => `\`${code}\``).join(', ')}.`;
    return [
      status,
      { description, ...headersOf(status), content: { 'application/problem+json': { schema, examples } } },
    ] as const;
  });
  return Object.fromEntries(responses) as unknown as Record<StatusOf<Code | (typeof always)[number]>, DeclaredProblem>;
}

interface DeclaredProblem {
  description: string;
  content: { 'application/problem+json': { schema: typeof problemSchema } };
}

const schema = problemSchema;
const retryAfter = {
  'Retry-After': { description: 'Seconds after which to try again.', schema: { type: 'integer' as const } },
};
const wwwAuthenticate = {
  'WWW-Authenticate': { description: '`Bearer` (RFC 6750).', schema: { type: 'string' as const } },
};

function headersOf(status: number) {
  if (status === 401) return { headers: wwwAuthenticate };
  return status === 503 || status === 429 ? { headers: retryAfter } : {};
}

const exampleOf = (code: ShownCode) => ({
  type: `http://localhost:8080/problems/${code}`,
  title: knownProblems[code].title,
  status: knownProblems[code].status,
  detail: knownProblems[code].advice,
  instance: '/jobs',
  code,
  requestId: '0199f0c2-0000-7000-8000-000000000000',
});

const descriptions: Record<StatusOf<ShownCode>, string> = {
  400: 'The request cannot be understood.',
  401: 'A key is needed.',
  403: 'The key does not allow this, or the link has run out.',
  404: 'There is no such thing.',
  405: 'The address takes other methods.',
  408: 'The upload took too long.',
  409: 'Not in this state.',
  413: 'The upload is too large.',
  415: 'Nothing that is taken.',
  416: 'The file has no such part; `Content-Range` says how long it is.',
  422: 'A parameter is not valid, or the image has too many pixels.',
  429: 'Too many requests.',
  500: 'A fault of ours.',
  503: 'A part of the service is away; try again after `Retry-After` seconds.',
};

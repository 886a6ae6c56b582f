import { knownProblems, type ShownCode } from './known-problems.ts';
import { problemSchema } from './problem.ts';

type StatusOf<Code extends ShownCode> = (typeof knownProblems)[Code]['status'];

/** The problems that every operation can answer with. */
const always = ['internal_error', 'unavailable', 'rate_limited', 'forbidden'] as const;

/**
 * Declares the problems of an operation for the OpenAPI document: one response per status, with an example per code. Adds
 * those that every operation can answer with.
 */
export function problems<Code extends ShownCode>(...codes: Code[]) {
  const byStatus = Map.groupBy(new Set([...codes, ...always]), (code: ShownCode) => knownProblems[code].status);
  const responses = [...byStatus].map(([status, known]) => {
    const examples = Object.fromEntries(known.map((code) => [code, { value: exampleOf(code) }]));
    const description = `${descriptions[status]} Codes: ${known.map((code) => `\`${code}\``).join(', ')}.`;
    return [
      status,
      {
        description,
        ...headersOf(status),
        content: { 'application/problem+json': { schema: problemSchema, examples } },
      },
    ] as const;
  });
  return Object.fromEntries(responses) as unknown as Record<StatusOf<Code | (typeof always)[number]>, DeclaredProblem>;
}

interface DeclaredProblem {
  description: string;
  content: { 'application/problem+json': { schema: typeof problemSchema } };
}

const retryAfter = {
  'Retry-After': { description: 'Seconds to wait before trying again.', schema: { type: 'integer' as const } },
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
  400: 'The request is malformed.',
  401: 'A valid key is required.',
  403: 'The key does not allow this, the shared link has expired, the quota is used up, or, without keys, the host name or the page that sent the request is foreign.',
  404: 'The resource does not exist.',
  405: 'The address does not support this method.',
  408: 'The upload took too long.',
  409: 'The current state does not allow this.',
  413: 'The request body is too large.',
  415: 'The media type is not supported.',
  416: 'The range is outside the file; `Content-Range` gives the length of the file.',
  422: 'The request is well-formed but cannot be processed.',
  429: 'Too many requests were sent, too many bytes uploaded, or too much work requested.',
  500: 'An internal error occurred.',
  503: 'The service is unavailable; try again after `Retry-After` seconds.',
};

import { expect, test } from 'vitest';
import { continueTrace, readTraceId } from './trace.ts';

const id = '4bf92f3577b34da6a3ce929d0e0e4736';

test.each([
  [`00-${id}-00f067aa0ba902b7-01`, id],
  [`01-${id}-00f067aa0ba902b7-01-later`, id],
  [`ff-${id}-00f067aa0ba902b7-01`, undefined],
  [`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, undefined],
  [`00-${id}-0000000000000000-01`, undefined],
  [`00-${id.toUpperCase()}-00f067aa0ba902b7-01`, undefined],
  ['nonsense', undefined],
  [undefined, undefined],
])('traceparent %s names %s', (header, trace) => {
  expect(readTraceId(header)).toBe(trace);
});

test('a trace goes on under its id and its flags, with another parent', () => {
  const { traceId, traceparent } = continueTrace(`00-${id}-00f067aa0ba902b7-01`);
  expect(traceId).toBe(id);
  expect(traceparent).toMatch(new RegExp(`^00-${id}-[0-9a-f]{16}-01$`));
  expect(traceparent).not.toContain('00f067aa0ba902b7');
});

test('where none is named one begins, and each is another', () => {
  const [one, other] = [continueTrace(undefined), continueTrace('nonsense')];
  expect(readTraceId(one.traceparent)).toBe(one.traceId);
  expect(one.traceId).not.toBe(other.traceId);
});

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
])('the trace id of traceparent %s is %s', (header, trace) => {
  expect(readTraceId(header)).toBe(trace);
});

test('continues a trace with its id and its flags, and another parent', () => {
  const { traceId, traceparent } = continueTrace(`00-${id}-00f067aa0ba902b7-01`);
  expect(traceId).toBe(id);
  expect(traceparent).toMatch(new RegExp(`^00-${id}-[0-9a-f]{16}-01$`));
  expect(traceparent).not.toContain('00f067aa0ba902b7');
});

test('starts a new trace when the header is missing or invalid', () => {
  const [one, other] = [continueTrace(undefined), continueTrace('nonsense')];
  expect(readTraceId(one.traceparent)).toBe(one.traceId);
  expect(one.traceId).not.toBe(other.traceId);
});

import { expect, test } from 'vitest';
import { traceId } from './trace-id.ts';

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
  expect(traceId(header)).toBe(trace);
});

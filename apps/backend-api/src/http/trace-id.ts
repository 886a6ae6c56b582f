/** The trace that a request belongs to (W3C Trace Context, 3.2.2), in 32 hexadecimal digits; undefined when it names none. */
export function traceId(traceparent: string | undefined): string | undefined {
  const [, version, id, parent] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:$|-)/.exec(traceparent ?? '') ?? [];
  const named = version !== undefined && version !== 'ff' && /[^0]/.test(id ?? '') && /[^0]/.test(parent ?? '');
  return named ? id : undefined;
}

/** The place of one operation in a trace (W3C Trace Context). */
export interface Trace {
  /** 32 hexadecimal digits, the same for everything that one request caused. */
  traceId: string;
  /** The `traceparent` to send on, with this operation as the parent. */
  traceparent: string;
}

/**
 * Returns the trace id of a `traceparent` (W3C Trace Context, 3.2.2), or undefined when the header is missing or
 * invalid.
 */
export function readTraceId(traceparent: string | null | undefined): string | undefined {
  return parse(traceparent)?.id;
}

/** Continues the trace of a `traceparent`, or starts a new one when the header is missing or invalid. */
export function continueTrace(traceparent: string | null | undefined): Trace {
  const given = parse(traceparent);
  const traceId = given?.id ?? randomHex(16);
  return { traceId, traceparent: `00-${traceId}-${randomHex(8)}-${given?.flags ?? '00'}` };
}

function parse(traceparent: string | null | undefined) {
  const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;
  const [, version, id, parent, flags] = pattern.exec(traceparent ?? '') ?? [];
  const isValid = version !== 'ff' && /[^0]/.test(id ?? '') && /[^0]/.test(parent ?? '');
  return isValid && id && flags ? { id, flags } : null;
}

const randomHex = (bytes: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex');

/** Where one piece of work stands in a trace (W3C Trace Context). */
export interface Trace {
  /** 32 hexadecimal digits: the same for everything that one request set off. */
  traceId: string;
  /** The header that carries the trace on, with this piece of work as its parent. */
  traceparent: string;
}

/** The id of the trace that a `traceparent` names (W3C Trace Context, 3.2.2); undefined when it names none. */
export function readTraceId(traceparent: string | null | undefined): string | undefined {
  return parse(traceparent)?.id;
}

/** Goes on with the trace that a `traceparent` names, or begins one. */
export function continueTrace(traceparent: string | null | undefined): Trace {
  const given = parse(traceparent);
  const traceId = given?.id ?? randomHex(16);
  return { traceId, traceparent: `00-${traceId}-${randomHex(8)}-${given?.flags ?? '00'}` };
}

function parse(traceparent: string | null | undefined) {
  const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;
  const [, version, id, parent, flags] = pattern.exec(traceparent ?? '') ?? [];
  const named = version !== 'ff' && /[^0]/.test(id ?? '') && /[^0]/.test(parent ?? '');
  return named && id && flags ? { id, flags } : null;
}

const randomHex = (bytes: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex');

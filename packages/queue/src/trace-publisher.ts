import type { Publisher } from './publisher.ts';

/** A publisher whose messages belong to one trace. */
export const tracePublisher = <Payload>(publisher: Publisher<Payload>, traceparent: string): Publisher<Payload> => ({
  ...publisher,
  publish: (payload, options) => publisher.publish(payload, { ...options, traceparent }),
});

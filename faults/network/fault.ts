/** A way in which the network between a client and a server fails. */
export type Fault =
  /** No fault. */
  | { kind: 'pass' }
  /** New connections are refused and open ones are reset. */
  | { kind: 'down' }
  /** No bytes arrive and nothing is refused. Held bytes arrive when the fault ends. */
  | { kind: 'hang' }
  /** Open connections stay silent forever, without a reset. New connections work. */
  | { kind: 'vanish' }
  /** Open and new connections are reset. */
  | { kind: 'reset' }
  /** Every piece of data is delayed. */
  | { kind: 'slow'; delayMs: number }
  /** A connection is reset after this many bytes of answers. */
  | { kind: 'cut'; afterBytes: number }
  /** Requests reach the server. The connection is reset at the first answer. */
  | { kind: 'reply lost' }
  /** Every request is answered with these bytes and does not reach the server. */
  | { kind: 'answer'; bytes: string };

/** Ends a fault. */
export const pass: Fault = { kind: 'pass' };

/** The answer of an overloaded S3 server, such as SlowDown. */
export const unavailableAnswer: Fault = {
  kind: 'answer',
  bytes: 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
};

/** The answer of an S3 server with a full disk. */
export const diskFullAnswer: Fault = {
  kind: 'answer',
  bytes: 'HTTP/1.1 507 Insufficient Storage\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
};

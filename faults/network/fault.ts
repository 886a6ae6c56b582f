/** How a network can fail between a client and a server. */
export type Fault =
  /** It does not. */
  | { kind: 'pass' }
  /** Nobody listens; connections that stand are reset. */
  | { kind: 'down' }
  /** Nothing passes and nothing is refused; what was sent arrives once it heals. */
  | { kind: 'hang' }
  /** Connections that stand are never heard of again, without a word; new ones are well. */
  | { kind: 'vanish' }
  /** Connections are reset, those that stand and those to come. */
  | { kind: 'reset' }
  /** Every piece of data takes this long. */
  | { kind: 'slow'; delayMs: number }
  /** A new connection is reset when so many bytes of the answer have passed. */
  | { kind: 'cut'; afterBytes: number }
  /** Everything reaches the server, and the connection is reset at its first answer. */
  | { kind: 'reply lost' }
  /** Every request is answered with these bytes, and reaches nobody. */
  | { kind: 'answer'; bytes: string };

export const pass: Fault = { kind: 'pass' };

/** What an overloaded S3 server says (SlowDown and its like). */
export const unavailableAnswer: Fault = {
  kind: 'answer',
  bytes: 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
};

/** What an S3 server says whose disk is full. */
export const fullAnswer: Fault = {
  kind: 'answer',
  bytes: 'HTTP/1.1 507 Insufficient Storage\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
};

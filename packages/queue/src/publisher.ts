/** How one message is published. */
export interface PublishOptions {
  /** The id of the message: without `:`, and not only digits. A message is dropped if the queue still holds its id. */
  id: string;
  /** The trace that the message continues (W3C `traceparent`). */
  traceparent?: string;
}

/** Publishes the messages of one queue. It has no delayed messages: publish a message when it is due. */
export interface Publisher<Payload> {
  /**
   * Adds a message to the queue. If the queue loses the message, the sweep publishes it again.
   *
   * @throws AppError `unavailable`, retryable, when the queue does not accept the message within the deadline
   */
  publish(payload: Payload, options: PublishOptions): Promise<void>;
  /** Counts the messages in the queue, waiting and active. Throws as {@link Publisher.publish} does. */
  count(): Promise<number>;
  /** Counts the messages that wait for a consumer. Throws as {@link Publisher.publish} does. */
  countWaiting(): Promise<number>;
  /** Returns when the queue answers; throws otherwise. */
  check(): Promise<void>;
  /** Closes the connections. */
  close(): Promise<void>;
}

/** Returns a publisher whose messages all continue one trace. */
export const tracePublisher = <Payload>(publisher: Publisher<Payload>, traceparent: string): Publisher<Payload> => ({
  ...publisher,
  publish: (payload, options) => publisher.publish(payload, { ...options, traceparent }),
});

/** Returns a publisher that calls `onFailure` each time `publish` fails, and throws the error as before. */
export const watchPublisher = <Payload>(publisher: Publisher<Payload>, onFailure: () => void): Publisher<Payload> => ({
  ...publisher,
  publish: async (payload, options) => {
    try {
      await publisher.publish(payload, options);
    } catch (error) {
      onFailure();
      throw error;
    }
  },
});

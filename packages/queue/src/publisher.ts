/** How one message is published. */
export interface PublishOptions {
  /** The id of the message: without `:`, and not only digits. A message is dropped if the queue still holds its id. */
  id: string;
}

/** Publishes the messages of one queue. It has no delayed messages: publish a message when it is due. */
export interface Publisher<Payload> {
  /**
   * Adds a message to the queue. If the queue loses the message, the sweep publishes it again.
   *
   * @throws AppError `unavailable`, retryable, when the queue does not accept the message within the deadline
   */
  publish(payload: Payload, options: PublishOptions): Promise<void>;
  /** Adds many messages, as {@link Publisher.publish} does. If it throws, some of them may have been added. */
  publishAll(messages: { payload: Payload; id: string }[]): Promise<void>;
  /** Counts the messages in the queue, waiting and active. Throws as {@link Publisher.publish} does. */
  count(): Promise<number>;
  /** Counts the messages that wait for a consumer. Throws as {@link Publisher.publish} does. */
  countWaiting(): Promise<number>;
  /** Returns when the queue answers; throws otherwise. */
  check(): Promise<void>;
  /** Closes the connections. */
  close(): Promise<void>;
}

/** Returns a publisher that calls `onFailure` each time that it fails to publish, and throws the error as before. */
export const watchPublisher = <Payload>(publisher: Publisher<Payload>, onFailure: () => void): Publisher<Payload> => {
  const watch = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      onFailure();
      throw error;
    }
  };
  return {
    ...publisher,
    publish: (payload, options) => watch(() => publisher.publish(payload, options)),
    publishAll: (messages) => watch(() => publisher.publishAll(messages)),
  };
};

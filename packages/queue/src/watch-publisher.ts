import type { Publisher } from './publisher.ts';

/** A publisher that calls `onFailure` for each message that the queue did not take. */
export const watchPublisher = <Payload>(publisher: Publisher<Payload>, onFailure: () => void): Publisher<Payload> => ({
  ...publisher,
  publish: async (...message) => {
    try {
      await publisher.publish(...message);
    } catch (error) {
      onFailure();
      throw error;
    }
  },
});

/** The same events, counted as one open stream from when somebody reads until they end or nobody does any more. */
export async function* countStream<Event>(
  open: { inc(): void; dec(): void },
  events: AsyncGenerator<Event>,
): AsyncGenerator<Event> {
  open.inc();
  try {
    yield* events;
  } finally {
    open.dec();
  }
}

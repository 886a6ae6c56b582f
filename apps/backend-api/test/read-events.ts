/** One event of a stream, with its data parsed. */
export interface ReceivedEvent {
  event: string;
  id: string;
  data: unknown;
}

/** Yields the events of a stream as they arrive, without comments and `retry` fields. */
export async function* readEvents(response: Response): AsyncGenerator<ReceivedEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = Object.fromEntries([...block.matchAll(/^(\w+): (.*)$/gm)].map(([, name, value]) => [name, value]));
      if (fields.event) yield { event: fields.event, id: fields.id ?? '', data: JSON.parse(fields.data ?? 'null') };
    }
  }
}

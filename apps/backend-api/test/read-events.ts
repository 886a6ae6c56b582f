/** One event of a stream, its data parsed. */
export interface HeardEvent {
  event: string;
  id: string;
  data: unknown;
}

/** Reads a stream of events as they come; comments and fields of no event are left out. */
export async function* readEvents(response: Response): AsyncGenerator<HeardEvent> {
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

import type { z } from 'zod';

/** One kind of message: its name on the wire and the schema of its payload. */
export interface Message<Payload> {
  name: string;
  payload: z.ZodType<Payload>;
}

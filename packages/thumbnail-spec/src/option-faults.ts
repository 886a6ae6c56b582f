import type { FieldError } from '@thumbnail-api/errors';
import type { z } from 'zod';

/** Where in the options something stands. */
export type OptionPath = readonly PropertyKey[];

const escapeKey = (key: PropertyKey) => String(key).replaceAll('~', '~0').replaceAll('/', '~1');

/** Gathers what is wrong with some options, each thing once. */
export class OptionFaults {
  readonly list: FieldError[] = [];

  /** Notes that the option at `path` is wrong; gives no specs, so that a reader can return it. */
  add(path: OptionPath, detail: string): [] {
    const pointer = path.map((key) => `/${escapeKey(key)}`).join('');
    const known = this.list.some((fault) => fault.pointer === pointer && fault.detail === detail);
    if (!known) this.list.push({ pointer, detail });
    return [];
  }

  /** Notes every issue of a schema that was applied at `path`; `options` are the names it knows. */
  addAll(path: OptionPath, error: z.ZodError | undefined, options: readonly string[] = []): void {
    for (const issue of error?.issues ?? []) {
      if (issue.code !== 'unrecognized_keys') this.add([...path, ...issue.path], issue.message);
      else for (const key of issue.keys) this.add([...path, key], `is unknown; the options are ${options.join(', ')}`);
    }
  }
}

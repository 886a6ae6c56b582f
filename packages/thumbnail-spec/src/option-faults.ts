import type { FieldError } from '@thumbnail-api/errors';
import type { z } from 'zod';

/** The keys that lead to an option. */
export type OptionPath = readonly PropertyKey[];

/** A client can cause thousands; more than these do not help to correct a request. */
const faultsMax = 20;

/** Collects the faults of a set of options, each one once, and the first 20 only. */
export class OptionFaults {
  readonly list: FieldError[] = [];

  /** Adds a fault of the option at `path`. */
  add(path: OptionPath, detail: string): void {
    if (this.list.length >= faultsMax) return;
    const pointer = path.map((key) => `/${escapeKey(key)}`).join('');
    const isKnown = this.list.some((fault) => fault.pointer === pointer && fault.detail === detail);
    if (!isKnown) this.list.push({ pointer, detail });
  }

  /** Adds every issue of a schema that was applied at `path`. `options` are the names that the schema accepts. */
  addAll(path: OptionPath, error: z.ZodError | undefined, options: readonly string[] = []): void {
    for (const issue of error?.issues ?? []) {
      if (issue.code !== 'unrecognized_keys') this.add([...path, ...issue.path], issue.message);
      else
        for (const key of issue.keys) this.add([...path, key], `is not an option; use one of: ${options.join(', ')}`);
    }
  }
}

// RFC 6901, section 3.
const escapeKey = (key: PropertyKey) => String(key).replaceAll('~', '~0').replaceAll('/', '~1');

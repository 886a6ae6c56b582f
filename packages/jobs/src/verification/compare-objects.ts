import type { ObjectInfo, ObjectStore } from '@thumbnail-api/storage';
import type { NamedObject } from './read-rows.ts';

/** A difference between the rows and the bucket. Both may change meanwhile, so it must be checked again. */
export type Difference =
  | { kind: 'missing'; row: NamedObject }
  | { kind: 'size'; row: NamedObject }
  | { kind: 'extra'; object: ObjectInfo };

type Row = NamedObject & { isDeleted: boolean };

/**
 * Compares rows with objects, both sorted by key, and yields each key with its difference, or null if there is none.
 * Deleted rows name their objects, which may be gone.
 */
export async function* compareObjects(
  rows: AsyncIterator<Row, void>,
  objects: AsyncIterator<ObjectInfo, void>,
): AsyncGenerator<Difference | null, void> {
  const next = async <T>(from: AsyncIterator<T, void>): Promise<T | undefined> =>
    (await from.next()).value ?? undefined;
  let [row, object] = [await next(rows), await next(objects)];
  while (row || object) {
    const key = [row?.key, object?.key].filter((each) => each !== undefined).sort()[0];
    const [same, stored] = [row?.key === key ? row : undefined, object?.key === key ? object : undefined];
    yield compare(same, stored);
    if (same) row = await next(rows);
    if (stored) object = await next(objects);
  }
}

function compare(row: Row | undefined, object: ObjectInfo | undefined): Difference | null {
  if (!row) return object ? { kind: 'extra', object } : null;
  if (row.isDeleted || row.bytes === object?.bytes) return null;
  return { kind: object ? 'size' : 'missing', row };
}

const pageMax = 1_000;

/** Yields all objects below a prefix, sorted by key. */
export async function* listObjects(store: ObjectStore, prefix: string): AsyncGenerator<ObjectInfo, void> {
  let page: ObjectInfo[] = [];
  do {
    const after = page.at(-1)?.key;
    page = await store.list(prefix, { limit: pageMax, ...(after && { after }) });
    yield* page;
  } while (page.length === pageMax);
}

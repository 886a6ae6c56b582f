import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

/** A moment that clients see: milliseconds, so that it reads back as it was written. */
const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });
/** A moment that is compared with `now()`: unrounded, since rounding up would put it into the future. */
const exactTime = (name: string) => timestamp(name, { withTimezone: true });

/** The owner of what is made while callers are not told apart. */
export const everybody = 'everybody';
/** Whose a row is. Every question of a client names it. */
const owner = () => text('owner').notNull();

/** The four statuses of a job; there are no others. */
export const jobStatuses = ['uploaded', 'processing', 'success', 'error'] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** What a client asked one thumbnail to be; checked at the door, kept as it was understood. */
export interface SpecJson {
  readonly name: string;
}

/** Durations of the run that succeeded, in milliseconds. */
export interface Timings {
  queuedMs: number;
  fetchMs: number;
  renderMs: number;
  storeMs: number;
}

/** A file of a batch that was not taken. */
export interface RefusedFile {
  filename: string | null;
  code: string;
  /** Safe to show to anyone. */
  message: string;
}

/** What a key may do; `write` implies `read`. */
export const keyScopes = ['read', 'write'] as const;
export type KeyScope = (typeof keyScopes)[number];

/** Keys of clients. The keys themselves are nowhere: only their hashes are. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    scope: text('scope', { enum: keyScopes }).notNull(),
    /** Whose things it sees and makes: its own id, or the owner of another key, or `everybody`. */
    owner: owner(),
    /** SHA-256 of the key, in hexadecimal. */
    hash: text('hash').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    /** To the minute. */
    lastUsedAt: exactTime('last_used_at'),
    revokedAt: exactTime('revoked_at'),
  },
  (table) => [
    check('api_keys_scope', sql`${table.scope} in ('read', 'write')`),
    uniqueIndex('api_keys_hash').on(table.hash),
    uniqueIndex('api_keys_name').on(table.name).where(sql`${table.revokedAt} is null`),
  ],
);

/** The pictures that were sent: one original object each, never altered. */
export const images = pgTable(
  'images',
  {
    id: uuid('id').primaryKey(),
    owner: owner(),
    filename: text('filename'),
    /** Media type, read from the bytes. */
    type: text('type').notNull(),
    /** Upright size in pixels; null until a run has seen it where the header did not tell. */
    width: integer('width'),
    height: integer('height'),
    /** Pictures of an animation, as the header told; 1 for a still one. */
    frames: integer('frames').notNull().default(1),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    sha256: text('sha256').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    /** Tombstone: hidden from then on, removed by the sweep. */
    deletedAt: exactTime('deleted_at'),
  },
  (table) => [index('images_deleted').on(table.deletedAt).where(sql`${table.deletedAt} is not null`)],
);

/** Jobs that were sent together, and why the files beside them were not taken. */
export const batches = pgTable(
  'batches',
  {
    id: uuid('id').primaryKey(),
    owner: owner(),
    refused: jsonb('refused').$type<RefusedFile[]>().notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    /** Since when it has no job; null while it has one. It is never given another. */
    emptySince: exactTime('empty_since'),
  },
  (table) => [index('batches_empty').on(table.emptySince).where(sql`${table.emptySince} is not null`)],
);

/** One request to make thumbnails of one image. Tries, back-off and lease live here, never in the queue. */
export const jobs = pgTable(
  'jobs',
  {
    id: uuid('id').primaryKey(),
    /** That of its image. */
    owner: owner(),
    imageId: uuid('image_id')
      .notNull()
      .references(() => images.id),
    /** The batch it was sent in. */
    batchId: uuid('batch_id').references(() => batches.id),
    status: text('status', { enum: jobStatuses }).notNull().default('uploaded'),
    specs: jsonb('specs').$type<SpecJson[]>().notNull(),
    /** Number of the latest run; the fence against a worker that wakes up late. */
    run: integer('run').notNull().default(0),
    /** Passing failures so far. */
    tries: integer('tries').notNull().default(0),
    /** Crashes of this job's own renderer so far. */
    crashes: integer('crashes').notNull().default(0),
    /** Leases that ran out so far. */
    lostLeases: integer('lost_leases').notNull().default(0),
    /** Until when the latest run may work, on the database's clock; null when none is. */
    leaseUntil: exactTime('lease_until'),
    /** Before then no run may begin. */
    notBefore: exactTime('not_before').notNull().defaultNow(),
    /** When a message for the next run was last published; null when none was. */
    publishedAt: exactTime('published_at'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    timings: jsonb('timings').$type<Timings>(),
    createdAt: time('created_at').notNull().defaultNow(),
    startedAt: time('started_at'),
    finishedAt: time('finished_at'),
    /** Tombstone: hidden from then on, removed by the sweep. */
    deletedAt: exactTime('deleted_at'),
  },
  (table) => [
    check('jobs_status', sql`${table.status} in ('uploaded', 'processing', 'success', 'error')`),
    check('jobs_error', sql`(${table.status} = 'error') = (${table.errorCode} is not null)`),
    // Ascending, and read backwards: drizzle's desc() would add NULLS LAST, which `order by … desc` does not match.
    index('jobs_page').on(table.owner, table.createdAt, table.id).where(sql`${table.deletedAt} is null`),
    index('jobs_page_by_status')
      .on(table.owner, table.status, table.createdAt, table.id)
      .where(sql`${table.deletedAt} is null`),
    index('jobs_image').on(table.imageId),
    index('jobs_batch').on(table.batchId).where(sql`${table.batchId} is not null`),
    index('jobs_due').on(table.notBefore).where(sql`${table.status} = 'uploaded' and ${table.deletedAt} is null`),
    index('jobs_lease').on(table.leaseUntil).where(sql`${table.status} = 'processing'`),
    index('jobs_finished')
      .on(table.finishedAt)
      .where(sql`${table.finishedAt} is not null and ${table.deletedAt} is null`),
    index('jobs_deleted').on(table.deletedAt).where(sql`${table.deletedAt} is not null`),
  ],
);

/** One rendition; written by the transaction that ends its job in success. */
export const thumbnails = pgTable(
  'thumbnails',
  {
    jobId: uuid('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    /** Place in the job's list of specs, from 0. */
    position: integer('position').notNull(),
    name: text('name').notNull(),
    key: text('key').notNull(),
    type: text('type').notNull(),
    width: integer('width').notNull(),
    height: integer('height').notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    sha256: text('sha256').notNull(),
    /** ThumbHash in base64. */
    thumbHash: text('thumb_hash').notNull(),
    /** `#rrggbb`. */
    dominantColour: text('dominant_colour').notNull(),
    spec: jsonb('spec').$type<SpecJson>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.name] })],
);

/** Keys of requests that may be sent again: reserved before the body is read, bound to a job by the transaction that makes it. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    owner: text('owner').notNull(),
    key: text('key').notNull(),
    /** Whose reservation it is; the fence against a request that wakes up late. */
    reservation: uuid('reservation').notNull(),
    /** Until when a reservation without a job is taken for alive. */
    reservedUntil: exactTime('reserved_until').notNull(),
    /** Of content and options; null until there is a job. */
    fingerprint: text('fingerprint'),
    jobId: uuid('job_id').references(() => jobs.id, { onDelete: 'cascade' }),
    expiresAt: exactTime('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.owner, table.key] }),
    index('idempotency_keys_job').on(table.jobId),
    index('idempotency_keys_expiry').on(table.expiresAt),
  ],
);

/** How much each caller has used in its window, where no Redis counts it. */
export const usage = pgTable(
  'usage',
  {
    key: text('key').primaryKey(),
    used: bigint('used', { mode: 'number' }).notNull(),
    /** When the window is over. */
    endsAt: exactTime('ends_at').notNull(),
  },
  (table) => [index('usage_end').on(table.endsAt)],
);

/** Who sweeps: one row for each kind of sweep that is at work. */
export const sweepLeases = pgTable('sweep_leases', {
  name: text('name').primaryKey(),
  holder: uuid('holder').notNull(),
  until: exactTime('until').notNull(),
});

/** This database as its object store knows it, and how far the search for unnamed objects has come: one row. */
export const installation = pgTable(
  'installation',
  {
    only: boolean('only').primaryKey().default(true),
    id: uuid('id').notNull(),
    /** Raised by every search and written to the store: a store that knows a higher one has seen a later database. */
    generation: bigint('generation', { mode: 'number' }).notNull().default(0),
    /** The server and its history that wrote the row; another one means that it was restored. */
    cluster: text('cluster'),
    /** The longest that any API was ever told; null until one has started. */
    uploadDeadlineMs: integer('upload_deadline_ms'),
    /** The last key that was looked at. */
    scanCursor: text('scan_cursor').notNull().default(''),
    /** How many objects were removed since the search last began anew. */
    scanRemoved: integer('scan_removed').notNull().default(0),
    /** Before then the search does not go on. */
    scanAfter: exactTime('scan_after').notNull().defaultNow(),
  },
  (table) => [check('installation_only', sql`${table.only}`)],
);

export type ImageRow = typeof images.$inferSelect;
export type JobRow = typeof jobs.$inferSelect;
export type ThumbnailRow = typeof thumbnails.$inferSelect;

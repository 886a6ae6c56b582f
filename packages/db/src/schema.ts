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

/** A time that clients see, in milliseconds: it is read back exactly as it was written. */
const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });
/** A time that is compared with `now()`. It is not rounded, because rounding up would move it into the future. */
const exactTime = (name: string) => timestamp(name, { withTimezone: true });

/** The owner of everything that is created without an API key (`AUTH=none`). */
export const everybody = 'everybody';
/** The owner of a row. Every query for a client filters by it. */
const owner = () => text('owner').notNull();

/** The statuses of a job. */
export const jobStatuses = ['uploaded', 'processing', 'success', 'error'] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** The spec of one thumbnail, as it was validated when the request was accepted. */
export interface SpecJson {
  readonly name: string;
}

/** The durations of the successful run, in milliseconds. */
export interface Timings {
  queuedMs: number;
  fetchMs: number;
  renderMs: number;
  storeMs: number;
}

/** A file of a batch that was rejected. */
export interface RefusedFile {
  filename: string | null;
  code: string;
  /** May be sent to clients. */
  message: string;
}

/** What an API key permits. `write` includes `read`; `admin` includes `write`. */
export const keyScopes = ['read', 'write', 'admin'] as const;
export type KeyScope = (typeof keyScopes)[number];

/** The API keys of clients. Only the hash of a key is stored. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    scope: text('scope', { enum: keyScopes }).notNull(),
    /** The owner of what this key creates and can see: its own id, the owner of another key, or `everybody`. */
    owner: owner(),
    /** The SHA-256 of the key, in hexadecimal. */
    hash: text('hash').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    /** Accurate to the minute. */
    lastUsedAt: exactTime('last_used_at'),
    revokedAt: exactTime('revoked_at'),
    /** The key works until this time; null when it does not expire. */
    expiresAt: exactTime('expires_at'),
  },
  (table) => [
    check('api_keys_scope', sql`${table.scope} in ('read', 'write', 'admin')`),
    uniqueIndex('api_keys_hash').on(table.hash),
    uniqueIndex('api_keys_name').on(table.name).where(sql`${table.revokedAt} is null`),
  ],
);

/** The uploaded images. Each has one original object, which never changes. */
export const images = pgTable(
  'images',
  {
    id: uuid('id').primaryKey(),
    owner: owner(),
    filename: text('filename'),
    /** The media type, detected from the bytes. */
    type: text('type').notNull(),
    /** The size in pixels after applying the EXIF orientation; null until a run measures it if the header lacks it. */
    width: integer('width'),
    height: integer('height'),
    /** The number of frames according to the header; 1 for a still image. */
    frames: integer('frames').notNull().default(1),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    sha256: text('sha256').notNull(),
    /**
     * The CRC-32 of the original (8 hexadecimal digits), compared when it is read. Null if version 0.1 stored it, until a
     * run has compared its SHA-256.
     */
    checksum: text('checksum'),
    createdAt: time('created_at').notNull().defaultNow(),
    /** The deletion marker: the row is hidden from this time on, and the sweep removes it. */
    deletedAt: exactTime('deleted_at'),
    /** The next try to remove the original, after the object store refused; null before the first try. */
    deleteAfter: exactTime('delete_after'),
  },
  (table) => [index('images_deleted').on(table.deletedAt).where(sql`${table.deletedAt} is not null`)],
);

/** Jobs that were created by one request, and the files of that request that were rejected. */
export const batches = pgTable(
  'batches',
  {
    id: uuid('id').primaryKey(),
    owner: owner(),
    refused: jsonb('refused').$type<RefusedFile[]>().notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    /** Since when the batch has had no jobs; null while it has one. A batch never gets another job later. */
    emptySince: exactTime('empty_since'),
  },
  (table) => [index('batches_empty').on(table.emptySince).where(sql`${table.emptySince} is not null`)],
);

/** Requests to make thumbnails of one image. Tries, back-off and lease are stored here, not in the queue. */
export const jobs = pgTable(
  'jobs',
  {
    id: uuid('id').primaryKey(),
    /** The owner of its image. */
    owner: owner(),
    imageId: uuid('image_id')
      .notNull()
      .references(() => images.id),
    /** The batch that the job belongs to. */
    batchId: uuid('batch_id').references(() => batches.id),
    status: text('status', { enum: jobStatuses }).notNull().default('uploaded'),
    specs: jsonb('specs').$type<SpecJson[]>().notNull(),
    /** The number of the latest run. Updates are fenced on it, so a late worker changes nothing. */
    run: integer('run').notNull().default(0),
    /** The number of transient failures so far. */
    tries: integer('tries').notNull().default(0),
    /** The number of times its renderer crashed so far. */
    crashes: integer('crashes').notNull().default(0),
    /** The number of leases that expired so far. */
    lostLeases: integer('lost_leases').notNull().default(0),
    /** When the lease of the current run expires, by the database's clock; null when no run is active. */
    leaseUntil: exactTime('lease_until'),
    /** No run may start before this time. */
    notBefore: exactTime('not_before').notNull().defaultNow(),
    /** The job's place in the fair order: of the jobs that are due, the one with the earliest start is claimed first. */
    fairStart: timestamp('fair_start', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    /** How long a run is estimated to take, in milliseconds; null for a job that an older version created. */
    costMs: integer('cost_ms'),
    /** The trace context of the request that created the job (W3C `traceparent`). */
    trace: text('trace'),
    /** When a message for the next run was last published; null when no message was published. */
    publishedAt: exactTime('published_at'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    timings: jsonb('timings').$type<Timings>(),
    createdAt: time('created_at').notNull().defaultNow(),
    startedAt: time('started_at'),
    finishedAt: time('finished_at'),
    /** When the object store first answered that the original does not exist; null while it has not. */
    missingSince: exactTime('missing_since'),
    /** The deletion marker: the row is hidden from this time on, and the sweep removes it. */
    deletedAt: exactTime('deleted_at'),
    /** The next try to remove the thumbnails, after the object store refused; null before the first try. */
    deleteAfter: exactTime('delete_after'),
  },
  (table) => [
    check('jobs_status', sql`${table.status} in ('uploaded', 'processing', 'success', 'error')`),
    check('jobs_error', sql`(${table.status} = 'error') = (${table.errorCode} is not null)`),
    // Ascending, read backwards: drizzle's desc() would add NULLS LAST, which `order by … desc` does not match.
    index('jobs_page').on(table.owner, table.createdAt, table.id).where(sql`${table.deletedAt} is null`),
    index('jobs_page_by_status')
      .on(table.owner, table.status, table.createdAt, table.id)
      .where(sql`${table.deletedAt} is null`),
    index('jobs_image').on(table.imageId),
    index('jobs_batch').on(table.batchId).where(sql`${table.batchId} is not null`),
    index('jobs_due').on(table.notBefore).where(sql`${table.status} = 'uploaded' and ${table.deletedAt} is null`),
    // With `not_before`, so that a claim passes over jobs in back-off without reading their rows.
    index('jobs_fair')
      .on(table.fairStart, table.id, table.notBefore)
      .where(sql`${table.status} = 'uploaded' and ${table.deletedAt} is null`),
    index('jobs_lease').on(table.leaseUntil).where(sql`${table.status} = 'processing'`),
    index('jobs_finished')
      .on(table.finishedAt)
      .where(sql`${table.finishedAt} is not null and ${table.deletedAt} is null`),
    index('jobs_deleted').on(table.deletedAt).where(sql`${table.deletedAt} is not null`),
  ],
);

/**
 * Where the next job of an owner stands in the fair order. Unlogged: a crash of the server empties the table, which only
 * makes the next jobs of each owner start together.
 */
export const ownerTurns = pgTable('owner_turns', {
  owner: text('owner').primaryKey(),
  /** The earliest fair start of the owner's next job. */
  nextStart: exactTime('next_start').notNull(),
});

/**
 * The bytes of originals that an owner has stored, or has reserved for an upload that is about to be committed. Unlogged: a
 * crash of the server empties the table, and the first upload of each owner counts its images again.
 */
export const ownerStorage = pgTable('owner_storage', {
  owner: text('owner').primaryKey(),
  bytes: bigint('bytes', { mode: 'number' }).notNull(),
  /** When bytes were last reserved. Until those are committed, counting the images would miss them. */
  reservedAt: exactTime('reserved_at').notNull(),
});

/** Finished thumbnails, written by the transaction that sets the job to success. */
export const thumbnails = pgTable(
  'thumbnails',
  {
    jobId: uuid('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    /** The index in the job's list of specs, from 0. */
    position: integer('position').notNull(),
    name: text('name').notNull(),
    key: text('key').notNull(),
    type: text('type').notNull(),
    width: integer('width').notNull(),
    height: integer('height').notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    sha256: text('sha256').notNull(),
    /** The ThumbHash, in base64. */
    thumbHash: text('thumb_hash').notNull(),
    /** As `#rrggbb`. */
    dominantColour: text('dominant_colour').notNull(),
    spec: jsonb('spec').$type<SpecJson>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.name] })],
);

/** Idempotency keys: reserved before the body is read, then linked to a job by the transaction that creates it. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    owner: text('owner').notNull(),
    key: text('key').notNull(),
    /** The request that holds the reservation. Updates are fenced on it, so a late request changes nothing. */
    reservation: uuid('reservation').notNull(),
    /** When a reservation without a job expires. */
    reservedUntil: exactTime('reserved_until').notNull(),
    /** The fingerprint of content and options; null until there is a job. */
    fingerprint: text('fingerprint'),
    jobId: uuid('job_id').references(() => jobs.id, { onDelete: 'cascade' }),
    /** The batch that the request created, instead of a job. */
    batchId: uuid('batch_id').references(() => batches.id, { onDelete: 'cascade' }),
    /** The response of a request that created neither, such as a bulk retry. */
    result: jsonb('result'),
    expiresAt: exactTime('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.owner, table.key] }),
    index('idempotency_keys_job').on(table.jobId),
    index('idempotency_keys_batch').on(table.batchId).where(sql`${table.batchId} is not null`),
    index('idempotency_keys_expiry').on(table.expiresAt),
  ],
);

/** How much each caller has used in its current window. Used when no Redis is configured. */
export const usage = pgTable(
  'usage',
  {
    key: text('key').primaryKey(),
    used: bigint('used', { mode: 'number' }).notNull(),
    /** When the window ends. */
    endsAt: exactTime('ends_at').notNull(),
  },
  (table) => [index('usage_end').on(table.endsAt)],
);

/** The leases of running sweeps: one row for each kind of sweep. */
export const sweepLeases = pgTable('sweep_leases', {
  name: text('name').primaryKey(),
  holder: uuid('holder').notNull(),
  until: exactTime('until').notNull(),
});

/** The identity of this database in its object store, and the progress of the search for orphans. Holds one row. */
export const installation = pgTable(
  'installation',
  {
    only: boolean('only').primaryKey().default(true),
    id: uuid('id').notNull(),
    /**
     * Incremented by every search and written to the store. A higher value there means that a later database used it.
     */
    generation: bigint('generation', { mode: 'number' }).notNull().default(0),
    /** The Postgres cluster and timeline that wrote the row. A different value means that the database was restored. */
    cluster: text('cluster'),
    /** The longest upload deadline of any API process so far; null until one has started. */
    uploadDeadlineMs: integer('upload_deadline_ms'),
    /** The last key that was checked. */
    scanCursor: text('scan_cursor').notNull().default(''),
    /** Unused since 0.2, which has no ceiling for a search. */
    scanRemoved: integer('scan_removed').notNull().default(0),
    /** The search does not continue before this time. */
    scanAfter: exactTime('scan_after').notNull().defaultNow(),
  },
  (table) => [check('installation_only', sql`${table.only}`)],
);

export type ImageRow = typeof images.$inferSelect;
export type JobRow = typeof jobs.$inferSelect;
export type ThumbnailRow = typeof thumbnails.$inferSelect;

/**
 * The time spans in which a process saw this database alive and unreplaced. An object without a row is an orphan only if
 * the upload that made it falls into one of them. Times are by the clock of the object store.
 */
export const coverage = pgTable('coverage', {
  /** One for each unbroken series of heartbeats of one process. */
  id: uuid('id').primaryKey(),
  startedAt: exactTime('started_at').notNull(),
  /** The latest heartbeat. */
  endedAt: exactTime('ended_at').notNull(),
  /** `{history}|{run}@{xid}`: the cluster and its tables, the run of the server, and the transaction that wrote the row. */
  server: text('server').notNull(),
});

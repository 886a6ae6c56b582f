import { z } from '@hono/zod-openapi';

const time = (description: string) =>
  z.iso
    .datetime({ offset: true, error: 'must be an ISO 8601 time with an offset' })
    .optional()
    .meta({ description, example: '2026-11-20T12:00:00Z' });

/** The filters by time, as query parameters. */
export const timeFields = {
  createdAfter: time('Only jobs created at or after this time.'),
  createdBefore: time('Only jobs created before this time.'),
};

/** A filter by error code, as a query parameter. */
export const codeField = <const Codes extends readonly string[]>(codes: Codes) =>
  z
    .enum(codes, { error: `must be one of: ${codes.join(', ')}` })
    .optional()
    .meta({ description: 'Only jobs that failed with this code.' });

/** A filter by owner, as a query parameter. It never shows more than the key does. */
export const ownerField = z.string().max(64, { error: 'must be at most 64 characters' }).optional().meta({
  description:
    'Only jobs of this owner: the id of a key, or `everybody`. For keys with the scope `admin`; other keys see only their own jobs.',
});

/** The filters by time as a client sent them. */
interface SentTimes {
  createdAfter?: string | undefined;
  createdBefore?: string | undefined;
}

/** Parses the filters by time. */
export const parseTimes = ({ createdAfter, createdBefore }: SentTimes) => ({
  createdAfter: createdAfter ? parseTime(createdAfter) : undefined,
  createdBefore: createdBefore ? parseTime(createdBefore) : undefined,
});

/** Limits a time to the years 1970 to 9999, which contain all jobs: Postgres does not accept all other years. */
const parseTime = (text: string) =>
  new Date(Math.min(Math.max(Date.parse(text), Date.UTC(1970, 0)), Date.UTC(9999, 0)));

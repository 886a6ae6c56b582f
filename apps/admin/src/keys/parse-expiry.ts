const dayMs = 86_400_000;
const isoTime = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/**
 * Parses when a key expires: a number of days, such as `90d`, or an ISO 8601 time with an offset. A date alone is its start in
 * UTC.
 *
 * @returns null if the text is neither, or names no day that exists
 */
export function parseExpiry(text: string, now = Date.now()): Date | null {
  const [, days] = /^(\d{1,5})d$/.exec(text) ?? [];
  if (days) return new Date(now + Number(days) * dayMs);
  if (!isoTime.test(text)) return null;
  // `Date` turns 30 February into 1 March.
  const midnight = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  const isDay = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text.slice(0, 10));
  const time = new Date(text);
  return isDay && !Number.isNaN(time.getTime()) ? time : null;
}

/** The headers that a job comes with, for the document. */
export const jobHeaders = {
  'Retry-After': {
    description: 'Seconds after which to look again, until it has ended.',
    schema: { type: 'integer' as const },
  },
  'Preference-Applied': {
    description: 'RFC 7240: how long it was waited at most.',
    schema: { type: 'string' as const },
  },
  'Server-Timing': { description: 'What took how long, once it has ended.', schema: { type: 'string' as const } },
};

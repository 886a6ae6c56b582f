/**
 * Has `read` asked only when nobody did within the last `ageMs`, by our clock; a reading that failed is shared by those
 * alone who asked while it was under way.
 */
export function shareClock(read: () => Promise<string>): (ageMs: number) => Promise<string> {
  let askedAt = Number.NEGATIVE_INFINITY;
  let now = Promise.resolve('');
  return (ageMs) => {
    if (performance.now() - askedAt > ageMs) {
      askedAt = performance.now();
      now = read();
      now.catch(() => {
        askedAt = Number.NEGATIVE_INFINITY;
      });
    }
    return now;
  };
}

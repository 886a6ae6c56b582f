/**
 * Shifts the clock of this process: from now on, `Date` is ahead by `aheadMs`, or behind if negative.
 *
 * Timers are not affected.
 */
export function shiftClock(aheadMs: number): void {
  const now = Date.now.bind(Date);
  const shifted = () => now() + aheadMs;
  globalThis.Date = new Proxy(Date, {
    construct: (date, args, target) => Reflect.construct(date, args.length > 0 ? args : [shifted()], target),
    get: (date, name) => (name === 'now' ? shifted : Reflect.get(date, name)),
  });
}

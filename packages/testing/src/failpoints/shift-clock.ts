/** Lets this process believe that it is `aheadMs` later than it is, or earlier: `Date` is wrong from then on, timers are not. */
export function shiftClock(aheadMs: number): void {
  const now = Date.now.bind(Date);
  const wrong = () => now() + aheadMs;
  globalThis.Date = new Proxy(Date, {
    construct: (date, given, made) => Reflect.construct(date, given.length > 0 ? given : [wrong()], made),
    get: (date, name) => (name === 'now' ? wrong : Reflect.get(date, name)),
  });
}

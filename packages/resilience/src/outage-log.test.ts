import { expect, test } from 'vitest';
import { OutageLog } from './outage-log.ts';

test('each outage has one line at its begin and one at its end', () => {
  const lines: string[] = [];
  const record = (_facts: object, line: string) => lines.push(line);
  const outage = new OutageLog({ info: record, warn: record }, { begin: 'unavailable', end: 'recovered' });
  outage.worked();
  for (let outages = 0; outages < 2; outages += 1) {
    for (let failures = 0; failures < 3; failures += 1) outage.failed(new Error('refused'));
    for (let successes = 0; successes < 3; successes += 1) outage.worked();
  }
  expect(lines).toEqual(['unavailable', 'recovered', 'unavailable', 'recovered']);
});

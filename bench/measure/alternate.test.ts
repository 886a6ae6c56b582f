import { expect, test } from 'vitest';
import { alternate } from './alternate.ts';

test('the sides alternate, start rounds in turn, and run once without being counted', async () => {
  const turns: string[] = [];
  const turn = (name: string) => async () => turns.push(name);
  const rounds = await alternate(2, { subject: turn('subject'), baseline: turn('baseline') });
  expect(turns).toEqual(['baseline', 'subject', 'subject', 'baseline', 'baseline', 'subject']);
  expect(rounds).toEqual([
    { subject: 3, baseline: 4 },
    { subject: 6, baseline: 5 },
  ]);
});

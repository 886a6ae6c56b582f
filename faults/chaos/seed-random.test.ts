import { expect, test } from 'vitest';
import { seedRandom } from './seed-random.ts';

test('the same seed gives the same values, and another seed gives others', () => {
  const draw = (seed: number) => {
    const random = seedRandom(seed);
    return Array.from({ length: 20 }, () => random.between(0, 1_000));
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('a deal draws every choice once before it draws one again', () => {
  const random = seedRandom(7);
  const deal = () => Array.from({ length: 4 }, () => random.deal(['a', 'b', 'c', 'd'])).sort();
  expect([deal(), deal(), deal()]).toEqual(Array(3).fill(['a', 'b', 'c', 'd']));
});

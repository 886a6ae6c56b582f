/** Random values that are the same for the same seed. */
export interface Random {
  /** At least 0 and below 1. */
  next(): number;
  /** A whole number; both bounds are included. */
  between(least: number, most: number): number;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** Picks as from a deck of cards: each place in the list is drawn once before one is drawn again. */
  deal<T>(choices: readonly [T, ...T[]]): T;
}

/** Creates random values from a seed (mulberry32). */
export function seedRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  let deck: number[] = [];
  return {
    next,
    between,
    pick: (choices) => choices[between(0, choices.length - 1)] ?? choices[0],
    deal: (choices) => {
      if (deck.length === 0) deck = [...choices.keys()];
      const [place = 0] = deck.splice(between(0, deck.length - 1), 1);
      return choices[place] ?? choices[0];
    },
  };
}

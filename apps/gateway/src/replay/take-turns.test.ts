import { expect, test } from '@jest/globals';
import { createTurns } from './take-turns.ts';

test('one after another in their order, with a turn of the event loop between each two', async () => {
  const takeTurn = createTurns();
  let turn = 0;
  let going = true;
  const count = () => {
    turn += 1;
    if (going) setImmediate(count);
  };
  setImmediate(count);
  const seen: { readonly who: number; readonly turn: number }[] = [];
  await Promise.all(
    Array.from({ length: 100 }, async (_one, who) => {
      await takeTurn();
      seen.push({ who, turn });
    }),
  );
  going = false;
  expect(seen.map(({ who }) => who)).toEqual(Array.from({ length: 100 }, (_one, n) => n));
  expect(new Set(seen.map((each) => each.turn)).size).toBe(100);
});

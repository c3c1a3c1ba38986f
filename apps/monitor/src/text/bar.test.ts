import { describe, expect, it } from '@jest/globals';
import { bar } from './bar.ts';

describe('a bar', () => {
  it.each([
    [0, 10, 5, '░░░░░'],
    [5, 10, 4, '██░░'],
    [10, 10, 4, '████'],
    [999, 1000, 4, '███░'],
    [20, 10, 4, '████'],
    [1, 0, 3, '░░░'],
    [-1, 4, 3, '░░░'],
    [1, 2, 0, ''],
    [1, 2, -5, ''],
  ])('of %d in %d is %d wide', (part, whole, width, text) => expect(bar(part, whole, width)).toBe(text));
});

/*
 * The schedules would notice: with a part of the protocol taken away they find what it is there for.
 */
import { describe, expect, it } from '@jest/globals';
import {
  createThenRecord,
  withoutFence,
  withoutIntent,
  withoutVoiding,
  withoutWaiting,
  type Mutate,
} from './mutations.ts';
import { describeBroken, runSchedules } from './run-schedules.ts';
import type { Broken } from './violations.ts';

const most = 2000;

describe('the schedules', () => {
  it.each<[string, Broken, Mutate]>([
    ['without the intent', 'paid twice', withoutIntent],
    ['without the fence', 'paid twice', withoutFence],
    ['without the waiting', 'paid twice', withoutWaiting],
    ['when created first and recorded then', 'paid twice', createThenRecord],
    ['when a half-made batch is not given up', 'unfinished', withoutVoiding],
  ])('%s find that something is %s', async (_name, wanted, mutate) => {
    const found = ({ violations }: { readonly violations: readonly { readonly broken: Broken }[] }) =>
      violations.some(({ broken }) => broken === wanted);
    const { broken, schedules } = await runSchedules({ from: 1, count: most, mutate, enough: found });
    process.stdout.write(`${_name}: after ${schedules} schedules\n${describeBroken(broken.filter(found))}\n`);
    expect(broken.some(found)).toBe(true);
  });
});

import { describe, expect, it } from '@jest/globals';
import { tenantId } from '@batch-gpt/contracts';
import { ledgerKinds, maxLedgerIncrements, type LedgerEntry } from '@batch-gpt/domain';
import { sampleLedgerEntry, sampleTenant } from '../fakes/samples.ts';
import { withStores, type OpenEmptyStores } from './open-stores.ts';
import { runAtOnce } from './run-at-once.ts';

const stranger = tenantId.parse('stranger');
const january = { tenant: sampleTenant, fromDay: '2026-01-01', toDay: '2026-01-31' };
const noAmounts = { calls: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0 };

/** Declares Jest suites for what the ledger's port says. */
export function ledgerConformance(name: string, open: OpenEmptyStores): void {
  describe(`${name} as a Ledger`, () => {
    it(
      'adds amounts to those of the same tenant, model, day and kind, and to no others',
      withStores(open, async ({ ledger }) => {
        const others = [
          sampleLedgerEntry({ model: 'o3' }),
          sampleLedgerEntry({ day: '2026-01-02' }),
          sampleLedgerEntry({ kind: 'shared_call' }),
        ];
        await ledger.add([sampleLedgerEntry(), ...others, sampleLedgerEntry({ tenant: stranger })]);
        await ledger.add([sampleLedgerEntry({ calls: 3, inputTokens: 100, cachedTokens: 20, outputTokens: 0 })]);
        await ledger.add([]);
        expect(await ledger.read(january, 10)).toEqual([
          sampleLedgerEntry({ calls: 4, inputTokens: 112, cachedTokens: 23, outputTokens: 5 }),
          others[2],
          others[0],
          others[1],
        ]);
        expect(await ledger.read({ ...january, tenant: stranger }, 10)).toEqual([
          sampleLedgerEntry({ tenant: stranger }),
        ]);
      }),
    );

    it(
      'adds up what one call names twice',
      withStores(open, async ({ ledger }) => {
        await ledger.add([
          sampleLedgerEntry(),
          sampleLedgerEntry(),
          sampleLedgerEntry({ ...noAmounts, outputTokens: 1 }),
        ]);
        expect(await ledger.read(january, 10)).toEqual([
          sampleLedgerEntry({ calls: 2, inputTokens: 24, cachedTokens: 6, outputTokens: 11 }),
        ]);
      }),
    );

    it(
      'loses nothing of what many add at once',
      withStores(open, async ({ ledger }) => {
        const two = [sampleLedgerEntry(), sampleLedgerEntry({ kind: 'realtime' })];
        await runAtOnce(20, () => ledger.add(two));
        const all = { calls: 20, inputTokens: 240, cachedTokens: 60, outputTokens: 100 };
        expect(await ledger.read(january, 10)).toEqual(two.map((entry) => ({ ...entry, ...all })));
      }),
    );

    it(
      'reads the days from the first to the last, of one tenant or of all, in order',
      withStores(open, async ({ ledger }) => {
        const entries = ['2025-12-31', '2026-01-01', '2026-01-15', '2026-01-31', '2026-02-01'].flatMap((day) =>
          [sampleTenant, stranger].flatMap((tenant) =>
            ledgerKinds.toSorted().map((kind) => sampleLedgerEntry({ day, tenant, kind })),
          ),
        );
        await ledger.add(entries.toReversed());
        const within = entries.filter(({ day }) => day >= january.fromDay && day <= january.toDay);
        expect(await ledger.read({ ...january, tenant: null }, 100)).toEqual(within);
        expect(await ledger.read(january, 100)).toEqual(within.filter(({ tenant }) => tenant === sampleTenant));
        expect(await ledger.read({ ...january, tenant: null }, 7)).toEqual(within.slice(0, 7));
        expect(await ledger.read(january, 4)).toEqual(
          within.filter(({ tenant }) => tenant === sampleTenant).slice(0, 4),
        );
        for (const none of [0, -1]) expect(await ledger.read(january, none)).toEqual([]);
        expect(await ledger.read({ ...january, fromDay: '2026-02-01' }, 10)).toEqual([]);
      }),
    );

    it(
      'takes any name of a model',
      withStores(open, async ({ ledger }) => {
        const models = ['__proto__', '$inc', 'a.b', '|', 'a|cache_hit', "' OR 1=1 --", 'fïle-👩‍👧', 'x'.repeat(256)];
        await ledger.add(models.map((model) => sampleLedgerEntry({ model })));
        await ledger.add(models.map((model) => sampleLedgerEntry({ model })));
        const found = await ledger.read(january, 100);
        expect(new Set(found.map(({ model }) => model))).toEqual(new Set(models));
        expect(found.map(({ calls }) => calls)).toEqual(models.map(() => 2));
      }),
    );

    it(
      'takes as many increments as it says, and refuses more and what is no count',
      withStores(open, async ({ ledger }) => {
        const many = Array.from({ length: maxLedgerIncrements }, (_, n) => sampleLedgerEntry({ model: `m-${n % 10}` }));
        await ledger.add(many);
        const calls = (await ledger.read(january, 100)).map((entry) => entry.calls);
        expect(calls).toEqual(Array.from({ length: 10 }, () => maxLedgerIncrements / 10));
        const refused: readonly (readonly LedgerEntry[])[] = [
          [...many, sampleLedgerEntry()],
          [sampleLedgerEntry(), sampleLedgerEntry({ inputTokens: -1 })],
          [sampleLedgerEntry({ calls: 0.5 })],
        ];
        for (const increments of refused) {
          await expect(ledger.add(increments)).rejects.toMatchObject({ code: 'internal_error' });
        }
        expect((await ledger.read(january, 100)).map((entry) => entry.calls)).toEqual(calls);
      }),
    );

    it(
      'removes the days before one, no more entries than it is told',
      withStores(open, async ({ ledger }) => {
        const days = ['2026-01-01', '2026-01-02', '2026-01-03'];
        await ledger.add(days.flatMap((day) => ledgerKinds.map((kind) => sampleLedgerEntry({ day, kind }))));
        expect(await ledger.removeBefore('2026-01-01', 10)).toBe(0);
        for (const none of [0, -1]) expect(await ledger.removeBefore('2026-01-03', none)).toBe(0);
        expect(await ledger.removeBefore('2026-01-03', 4)).toBe(4);
        expect(await ledger.removeBefore('2026-01-03', 4)).toBe(2);
        expect((await ledger.read(january, 100)).map(({ day }) => day)).toEqual(Array(3).fill('2026-01-03'));
      }),
    );
  });
}

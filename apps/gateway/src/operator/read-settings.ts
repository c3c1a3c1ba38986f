import { type LiveProcess, type OperatorSettings } from '@batch-gpt/contracts';

/** What processes said of their settings, those that agree together: a service that disagrees with itself shows at once. */
export function settingsOf(words: readonly LiveProcess[]): OperatorSettings {
  const alike = Map.groupBy(words, ({ service, settings }) => JSON.stringify([service, settings]));
  const data = [...alike.values()].flatMap((those) => {
    const [first] = those;
    if (first === undefined) return [];
    const { service, settings } = first;
    return [{ service, processes: those.map(({ id }) => id).toSorted(), settings: [...settings] }];
  });
  return { object: 'batch_gpt.settings', data: data.toSorted((a, b) => (a.service < b.service ? -1 : 1)) };
}

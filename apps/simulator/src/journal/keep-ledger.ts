import { type Ledger } from '../ledger.ts';
import { type Journal } from './journal.ts';

/** So that no record is large, to write or to read. */
const idsPerRecord = 1000;

/** A ledger whose counts outlive the process; its lines are written by those who run them, together with their results. */
export function keepLedger(ledger: Ledger, journal: Journal): Ledger {
  return {
    ...ledger,
    count(name, by = 1) {
      journal.append({ t: 'count', name, by });
      ledger.count(name, by);
    },
    recordDeliveries(customIds) {
      for (let from = 0; from < customIds.length; from += idsPerRecord) {
        const end = from + idsPerRecord;
        journal.append({ t: 'delivered', ids: customIds.slice(from, end), last: end >= customIds.length });
      }
      ledger.recordDeliveries(customIds);
    },
    reset() {
      journal.append({ t: 'reset' });
      ledger.reset();
    },
  };
}

import { type StatusClient } from '@batch-gpt/status-client';
import { type Order } from '../rows/orders.ts';
import { formatCount } from '../text/format-values.ts';
import { type Notice } from '../view/view-state.ts';
import { describeTrouble } from './follow-system.ts';

/** The part of the client that changes something. */
type Operator = Pick<StatusClient, 'cancel' | 'abandon' | 'retry' | 'flush'>;

/** Has an order carried out; what came of it, good or bad, is a line for the operator. */
export async function carryOut(operator: Operator, order: Order): Promise<Notice> {
  try {
    return { text: await give(operator, order), tone: 'good' };
  } catch (error) {
    return { text: `Could not ${order.action}: ${describeTrouble(error)}`, tone: 'bad' };
  }
}

async function give(operator: Operator, { action, id, what }: Order): Promise<string> {
  switch (action) {
    case 'cancel':
      await operator.cancel(id);
      return `Asked to cancel ${what}.`;
    case 'abandon':
      await operator.abandon(id);
      return `Gave up ${what}.`;
    case 'flush': {
      const { pending } = await operator.flush(id);
      return `Closed ${what}: ${formatCount(pending)} go.`;
    }
    case 'retry':
      return retry(operator, id);
  }
}

const mostOrders = 50;

/** One order looks at a bounded number of rows and says where the next one goes on. */
async function retry(operator: Operator, batchId: string): Promise<string> {
  let [accepted, withoutText, after]: [number, number, string | null] = [0, 0, null];
  for (let order = 0; order < mostOrders; order += 1) {
    const report = await operator.retry(batchId, after ?? undefined);
    accepted += report.accepted;
    withoutText += report.without_text;
    after = report.next;
    if (after === null) break;
  }
  const missing = withoutText === 0 ? '' : `; ${formatCount(withoutText)} have no text any more (KEEP_REQUEST_BODIES)`;
  const more = after === null ? '' : '; there are more, ask again';
  return `${formatCount(accepted)} lines wait for a batch again${missing}${more}.`;
}

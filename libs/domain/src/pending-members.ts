import type { BatchState } from '@batch-gpt/contracts';
import { openBatchStates } from './batch.ts';

/** States in which a batch has exactly as many members as its sizes say: later ones lose them one by one. */
export const fixedMemberStates: readonly BatchState[] = ['claimed', 'uploaded', 'submitting', 'submitted'];

/** Open states in which the members have to be counted. */
export const changingMemberStates: readonly BatchState[] = openBatchStates.filter(
  (state) => !fixedMemberStates.includes(state),
);

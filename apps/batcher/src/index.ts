// The batcher's use cases, for tests that run them in one process under a clock of their own.
export { createAccountBudgets } from './account-budgets.ts';
export type { BatcherDeps } from './batcher-deps.ts';
export { closeWindow } from './close-window.ts';
export { collectRequests } from './collect-requests.ts';
export { createHeldBatches, type HeldBatches, type TakeStep } from './held-batches.ts';
export { createSlots } from './slots.ts';
export { sweep } from './sweep.ts';
export { createTakeOver } from './take-over-batches.ts';
export { createTakeStep } from './take-step.ts';
export { createTokenLimits } from './token-limits.ts';
export { createWorkingAccounts } from './working-accounts.ts';

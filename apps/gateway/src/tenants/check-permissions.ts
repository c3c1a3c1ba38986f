import { type ServedMode } from '@batch-gpt/contracts';
import { AppError } from '@batch-gpt/errors';
import { type Caller } from '../tenant-of.ts';
import { type ServingMode, type Wishes } from '../wishes/read-wishes.ts';

const servingModes = ['sync', 'async', 'cache'] as const satisfies readonly ServingMode[];

/** How a call is served that does not choose: as its key says, else as the deployment does, else in the first way that is allowed. */
export function usualMode({ settings: { mode, modes } }: Caller, deployment: ServingMode): ServingMode {
  const usual = mode ?? deployment;
  if (modes === null || modes.has(usual)) return usual;
  return servingModes.find((other) => modes.has(other)) ?? usual;
}

/** `Prefer: wait` may end in a handle. A key that may have none is held as if it had not asked (RFC 7240, section 2). */
export function withoutHandle({ settings: { modes } }: Caller, wishes: Wishes): Wishes {
  if (modes === null || modes.has('async') || wishes.mode !== 'sync' || wishes.waitMs === null) return wishes;
  return { ...wishes, waitMs: null, applied: '' };
}

/** Throws AppError `mode_not_allowed` for a way of being served that the key may not use. */
export function checkMode({ settings: { modes } }: Caller, mode: ServedMode): void {
  if (modes === null || modes.has(mode)) return;
  const allowed = modes.size === 0 ? 'it may call in none' : `it may call in ${[...modes].join(', ')}`;
  throw new AppError('mode_not_allowed', `This API key may not call in mode ${mode}; ${allowed}.`);
}

/** Throws AppError `model_not_allowed` for a model that the key may not use. */
export function checkModel({ settings }: Caller, model: string): void {
  if (settings.mayUseModel(model)) return;
  throw new AppError('model_not_allowed', `This API key does not have access to model '${shortened(model)}'.`, {
    param: 'model',
  });
}

const shortened = (model: string): string => (model.length > 100 ? `${model.slice(0, 100)}…` : model);

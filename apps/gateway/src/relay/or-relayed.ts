import { AppError } from '@batch-gpt/errors';
import { type Request, type Response } from 'express';
import { type Relay } from './create-relay.ts';

type Handler = (req: Request, res: Response) => Promise<void>;

/** Looks at the provider for what a route of ours does not know: the caller may have created it through the relay. */
export function orRelayed(relay: Relay | null, handler: Handler): Handler {
  if (relay === null) return handler;
  return async (req, res) => {
    try {
      await handler(req, res);
    } catch (error) {
      if (!AppError.is(error, 'batch_not_found', 'response_not_found')) throw error;
      if (!(await relay.serveOwned(req, res))) throw error;
    }
  };
}

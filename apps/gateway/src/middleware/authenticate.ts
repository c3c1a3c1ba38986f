import { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { AppError } from '@batch-gpt/errors';
import { type RequestHandler } from 'express';
import { type GatewayClock } from '../gateway-clock.ts';
import { createCaller, openCaller, type AccountOf, type Caller, type TenantOf } from '../tenant-of.ts';
import { type ApiKeys } from '../tenants/watch-api-keys.ts';
import { rememberCaller } from './request-id.ts';

/** Lets callers in, and remembers who they are. */
export interface Authentication {
  readonly authenticate: RequestHandler;
  readonly tenantOf: TenantOf;
}

export interface AuthenticationOptions {
  /** Null: everybody is the one tenant. */
  readonly keys: ApiKeys | null;
  readonly accountOf: AccountOf;
  readonly clock: Pick<GatewayClock, 'now'>;
}

/** Authenticates before anything of the body is read; whatever comes later only asks `tenantOf`. */
export function createAuthentication({ keys, accountOf, clock }: AuthenticationOptions): Authentication {
  if (keys === null) {
    let caller = openCaller(accountOf);
    return {
      authenticate: (_req, _res, next) => next(),
      tenantOf: () => {
        // Another account may pay since the accounts were read again.
        if (accountOf(caller.tenant) !== caller.account) caller = openCaller(accountOf);
        return caller;
      },
    };
  }
  const callers = new WeakMap<IncomingMessage, Caller>();
  return {
    authenticate: (req, res, next) => {
      try {
        const caller = callerOf(req.headers, keys, accountOf, clock.now());
        callers.set(req, caller);
        rememberCaller(res, caller);
      } catch (error) {
        res.setHeader('www-authenticate', 'Bearer');
        throw error;
      }
      next();
    },
    tenantOf: (req) => {
      const caller = callers.get(req);
      if (caller === undefined) throw new Error('a route asks for its caller, whom nobody authenticated');
      return caller;
    },
  };
}

function callerOf(headers: IncomingHttpHeaders, keys: ApiKeys, accountOf: AccountOf, now: number): Caller {
  const secret = secretOf(headers);
  if (secret === null) throw noKey();
  const holder = keys.current().find(secret);
  if (holder === null) throw wrongKey();
  if (holder.expiresAt !== null && now >= holder.expiresAt) throw expiredKey();
  const { tenant, name, settings } = holder;
  return createCaller({ tenant, keyName: name, settings }, accountOf);
}

/** OpenAI's way, or Azure's. */
function secretOf(headers: IncomingHttpHeaders): string | null {
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  const key = bearer ?? headers['api-key'];
  return typeof key === 'string' && key !== '' ? key : null;
}

const noKey = () =>
  new AppError(
    'invalid_api_key',
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth " +
      '(i.e. Authorization: Bearer YOUR_KEY), or in an api-key header.',
  );

const wrongKey = () => new AppError('invalid_api_key', 'Incorrect API key provided.');

const expiredKey = () => new AppError('invalid_api_key', 'This API key has expired; ask for a new one.');

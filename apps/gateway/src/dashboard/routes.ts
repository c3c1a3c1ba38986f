import { join } from 'node:path';
import { loginOrder, type DashboardSession } from '@batch-gpt/contracts';
import { AppError } from '@batch-gpt/errors';
import express, { type RequestHandler, type Response, type Router } from 'express';
import { type GatewayClock } from '../gateway-clock.ts';
import { type OperatorAccess } from '../middleware/authorize-operator.ts';
import { otherMethod } from '../middleware/unknown-route.ts';
import { createReadOrder } from '../operator/read-order.ts';
import { writeJson } from '../respond/write-json.ts';
import { isSameOrigin } from './same-origin.ts';
import { type Sessions } from './sessions.ts';

export interface DashboardDeps {
  readonly access: OperatorAccess;
  /** Null without an ADMIN_TOKEN: there is nothing to sign in with. */
  readonly sessions: Sessions | null;
  readonly clock: Pick<GatewayClock, 'monotonic'>;
  /** Folder of the built site. */
  readonly siteDir: string;
}

/** Tries to sign in, over all callers: a token of 16 characters is not guessed at this rate. */
const triesPerMinute = 20;
const minute = 60_000;

const csp = [
  "default-src 'none'",
  ...["script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'"],
  ...["base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"],
].join('; ');

/** `/dashboard`: the site, and signing in to it. What it shows comes from `/admin`. */
export function createDashboard({ access, sessions, clock, siteDir }: DashboardDeps): Router {
  const router = express.Router();
  const readLogin = createReadOrder('login', loginOrder);
  const takeTry = limitTries(clock);

  const login: RequestHandler = async (req, res) => {
    const order = await readLogin(req, res);
    if (!isSameOrigin(req)) throw new AppError('invalid_admin_token', 'Sign in from the page of the dashboard itself.');
    takeTry();
    if (sessions === null || !access.isToken(order.token)) {
      throw new AppError('invalid_admin_token', 'This is not the ADMIN_TOKEN of this gateway.');
    }
    res.setHeader('set-cookie', sessions.open(isSecure(req)));
    res.statusCode = 204;
    res.end();
  };
  const logout: RequestHandler = (req, res) => {
    req.resume();
    if (sessions !== null && isSameOrigin(req)) res.setHeader('set-cookie', sessions.close(isSecure(req)));
    res.statusCode = 204;
    res.end();
  };
  const session: RequestHandler = (req, res) => {
    const via = access.viaOf(req);
    const object: DashboardSession = {
      object: 'batch_gpt.session',
      via: via === 'cookie' || via === 'open' ? via : 'none',
    };
    writeJson(res, 200, JSON.stringify(object));
  };

  router.use(noStore);
  router.route('/login').post(login).all(otherMethod('POST'));
  router.route('/logout').post(logout).all(otherMethod('POST'));
  router.route('/session').get(session).all(otherMethod('GET'));
  router.use(protect);
  router.use(
    '/assets',
    express.static(join(siteDir, 'assets'), { index: false, redirect: false, setHeaders: immutable }),
  );
  router.use('/assets', missing);
  router.get(/.*/, (_req, res, next) => {
    res.sendFile('index.html', { root: siteDir, cacheControl: false }, (error: Error | undefined) => {
      if (error === undefined) return;
      if (res.headersSent) next(error);
      else tellUnbuilt(res);
    });
  });
  router.use(otherMethod('GET'));
  return router;
}

const noStore: RequestHandler = (_req, res, next) => {
  res.setHeader('cache-control', 'no-store');
  next();
};

/** The page may load nothing from elsewhere, and be shown in no other page. */
const protect: RequestHandler = (_req, res, next) => {
  res.setHeader('content-security-policy', csp);
  res.setHeader('x-content-type-options', 'nosniff');
  res.setHeader('x-frame-options', 'DENY');
  res.setHeader('referrer-policy', 'no-referrer');
  res.setHeader('cross-origin-opener-policy', 'same-origin');
  res.setHeader('cross-origin-resource-policy', 'same-origin');
  next();
};

/** Their names change with their content. */
const immutable = (res: Response): void => {
  res.setHeader('cache-control', 'public, max-age=31536000, immutable');
};

const missing: RequestHandler = (req) => {
  throw new AppError('unknown_route', `There is no ${req.path.slice(0, 200)} in the dashboard.`);
};

function tellUnbuilt(res: Response): void {
  res.statusCode = 404;
  res.setHeader('content-type', 'text/plain; charset=utf-8');
  res.end(
    'The dashboard is not built: run `npx nx build @batch-gpt/dashboard`, or name its folder with DASHBOARD_DIR.\n',
  );
}

/** A cookie for TLS only, where this call came by it; a proxy in front says so. */
const isSecure: (req: Parameters<RequestHandler>[0]) => boolean = ({ headers, socket }) =>
  'encrypted' in socket || headers['x-forwarded-proto'] === 'https';

function limitTries(clock: Pick<GatewayClock, 'monotonic'>): () => void {
  let since = clock.monotonic();
  let tries = 0;
  return () => {
    const now = clock.monotonic();
    if (now - since >= minute) {
      since = now;
      tries = 0;
    }
    tries += 1;
    if (tries <= triesPerMinute) return;
    const retryAfterMs = Math.ceil(since + minute - now);
    throw new AppError('rate_limit_exceeded', 'Too many tries to sign in; try again in a minute.', { retryAfterMs });
  };
}

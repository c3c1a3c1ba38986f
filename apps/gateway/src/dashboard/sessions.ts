import { createHmac, timingSafeEqual } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { type GatewayClock } from '../gateway-clock.ts';

/** For how long a sign-in lasts, in seconds. */
export const sessionSeconds = 12 * 3600;

const cookieName = 'batch_gpt_session';

/**
 * Sign-ins of the dashboard without any state: a cookie says until when it holds, signed with a key that comes from the
 * admin token. So it holds at every replica and after a restart, and no longer than the token does.
 */
export interface Sessions {
  /** The `Set-Cookie` of a new sign-in. */
  open(secure: boolean): string;
  /** That of its end. */
  close(secure: boolean): string;
  holds(req: Pick<IncomingMessage, 'headers'>): boolean;
}

export function createSessions(token: { readonly reveal: () => string }, clock: Pick<GatewayClock, 'now'>): Sessions {
  const sign = (until: string): Buffer =>
    createHmac('sha256', token.reveal()).update(`batch-gpt/dashboard/1:${until}`).digest();
  const attributes = (secure: boolean) => `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return {
    open: (secure) => {
      const until = String(Math.floor(clock.now() / 1000) + sessionSeconds);
      const value = `${until}.${sign(until).toString('base64url')}`;
      return `${cookieName}=${value}; Max-Age=${sessionSeconds}; ${attributes(secure)}`;
    },
    close: (secure) => `${cookieName}=; Max-Age=0; ${attributes(secure)}`,
    holds: ({ headers }) => {
      const [, until = '', signature = ''] = /^(\d{1,12})\.([\w-]{43})$/.exec(cookieIn(headers.cookie)) ?? [];
      // Both have 32 bytes, which the comparison needs.
      const given = signature === '' ? Buffer.alloc(32) : Buffer.from(signature, 'base64url');
      return timingSafeEqual(given, sign(until)) && Number(until) * 1000 > clock.now();
    },
  };
}

function cookieIn(header = ''): string {
  const start = `${cookieName}=`;
  const found = header.split(';', 50).find((pair) => pair.trimStart().startsWith(start));
  return found?.trim().slice(start.length) ?? '';
}

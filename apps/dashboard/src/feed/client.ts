import { dashboardSession, type DashboardSession } from '@batch-gpt/contracts';
import { createStatusClient } from '@batch-gpt/status-client';

/** The operator API of the gateway that this page came from; the cookie speaks for us. */
export const client = createStatusClient({ baseUrl: '' });

/** How this browser is known to the gateway. */
export async function readSession(signal: AbortSignal): Promise<DashboardSession['via']> {
  const response = await fetch('/dashboard/session', { signal, headers: { accept: 'application/json' } });
  return dashboardSession.parse(await response.json()).via;
}

/** Signs in; gives what is wrong in words, or null. */
export async function signIn(token: string): Promise<string | null> {
  const response = await fetch('/dashboard/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (response.status === 204) return null;
  if (response.status === 429) return 'Too many tries. Wait a minute, then try again.';
  if (response.status === 401) return 'That is not the admin token of this gateway.';
  return `The gateway answered ${response.status}.`;
}

export async function signOut(): Promise<void> {
  await fetch('/dashboard/logout', { method: 'POST' });
}

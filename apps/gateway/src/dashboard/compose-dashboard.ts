import { type Router } from 'express';
import { type GatewayClock } from '../gateway-clock.ts';
import { createOperatorAccess, type OperatorAccess } from '../middleware/authorize-operator.ts';
import { createDashboard } from './routes.ts';
import { createSessions } from './sessions.ts';

export interface ComposeDashboardDeps {
  readonly adminToken: { readonly reveal: () => string } | null;
  /** Folder of the built site; null: there is to be none. */
  readonly siteDir: string | null;
  readonly clock: GatewayClock;
}

/** Who is an operator, and the site where one may sign in as one. */
export interface Dashboard {
  readonly operatorAccess: OperatorAccess;
  readonly dashboard: Router | null;
}

/** Wires the dashboard. */
export function composeDashboard({ adminToken, siteDir, clock }: ComposeDashboardDeps): Dashboard {
  const sessions = adminToken === null ? null : createSessions(adminToken, clock);
  const access = createOperatorAccess(adminToken, sessions);
  const dashboard = siteDir === null ? null : createDashboard({ access, sessions, clock, siteDir });
  return { operatorAccess: access, dashboard };
}

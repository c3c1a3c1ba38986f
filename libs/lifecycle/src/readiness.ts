import { sleep } from './sleep.ts';

/** Whether a service may get traffic, and each check behind the verdict; texts must not hold secrets. */
export interface Readiness {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, boolean | string>>;
}

/** Looks at what a service needs. */
export type CheckReadiness = () => Readiness | Promise<Readiness>;

const FRESH_MS = 1_000;
const PATIENCE_MS = 2_000;

/** Shares one look among all probes of a second, and answers "not ready" where a check throws or takes too long. */
export function cacheReadiness(check: CheckReadiness, now: () => number, patienceMs = PATIENCE_MS): CheckReadiness {
  let looked = -Infinity;
  let latest: Promise<Readiness> | undefined;
  return () => {
    if (latest === undefined || now() - looked >= FRESH_MS) {
      looked = now();
      latest = lookOnce(check, patienceMs);
    }
    return latest;
  };
}

async function lookOnce(check: CheckReadiness, patienceMs: number): Promise<Readiness> {
  const answered = new AbortController();
  const late = sleep(patienceMs, answered.signal).then((): Readiness => ({
    ok: false,
    checks: { answered: 'too late' },
  }));
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return { ok: false, checks: { answered: error instanceof Error ? error.name : 'failed' } };
  } finally {
    answered.abort();
  }
}

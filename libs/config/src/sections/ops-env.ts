import { section } from '../section.ts';
import { durationMs, port, text } from '../variables.ts';

/** Where probes and metrics are served (loopback unless told otherwise), and how long a shutdown may take. */
export const opsEnv = section(
  {
    OPS_PORT: port({ default: 9090 }),
    OPS_HOST: text().default('127.0.0.1'),
    SHUTDOWN_GRACE_MS: durationMs({ max: 3_600_000, default: 30_000 }),
  },
  (env) => ({ port: env.OPS_PORT, host: env.OPS_HOST, shutdownGraceMs: env.SHUTDOWN_GRACE_MS }),
);

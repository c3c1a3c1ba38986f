import { section } from '../section.ts';
import { oneOf } from '../variables.ts';

/** How loud and in which form a service logs. */
export const logEnv = section(
  {
    LOG_LEVEL: oneOf(['debug', 'info', 'warn', 'error']).default('info'),
    LOG_FORMAT: oneOf(['json', 'pretty']).default('json'),
  },
  (env) => ({ level: env.LOG_LEVEL, format: env.LOG_FORMAT }),
);

import { boolFlag, durationMs, orNull, positiveInt, secret, section, text } from '@batch-gpt/config';

const hour = 3_600_000;

/** What goes past the batches to the provider at once: everything that is no route of ours, and the list of models. */
export const relayEnv = section(
  {
    RELAY: boolFlag({ default: false }),
    RELAY_MAX_CALLS: positiveInt({ max: 100_000, default: 200 }),
    RELAY_CONNECT_TIMEOUT_MS: durationMs({ max: hour, default: 10_000 }),
    RELAY_ANSWER_TIMEOUT_MS: durationMs({ max: 24 * hour, default: 600_000 }),
    RELAY_IDLE_TIMEOUT_MS: durationMs({ max: hour, default: 300_000 }),
    MODELS_MAX_AGE_MS: durationMs({ max: hour, default: 60_000 }),
    OPENAI_API_KEY: orNull(secret()),
    OPENAI_ACCOUNTS_FILE: orNull(text()),
  },
  (env, problem) => {
    if (env.RELAY && env.OPENAI_API_KEY === null && env.OPENAI_ACCOUNTS_FILE === null)
      problem('RELAY', 'needs an account to relay to: set OPENAI_API_KEY or OPENAI_ACCOUNTS_FILE');
    return {
      on: env.RELAY,
      maxCalls: env.RELAY_MAX_CALLS,
      connectTimeout: env.RELAY_CONNECT_TIMEOUT_MS,
      answerTimeout: env.RELAY_ANSWER_TIMEOUT_MS,
      idleTimeout: env.RELAY_IDLE_TIMEOUT_MS,
      modelsMaxAge: env.MODELS_MAX_AGE_MS,
    };
  },
);

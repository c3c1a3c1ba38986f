/** What everybody may know about a code: how it leaves over HTTP, whether to come again, and how loud it is in the log. */
export interface ErrorRule {
  readonly status: number;
  readonly type: ErrorType;
  /** `never`: the same call fails again. `later`: after a pause. `now`: the same call is expected to work at once. */
  readonly retry: 'never' | 'later' | 'now';
  /** `error` means that a person must act. */
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** The message is for the log only; callers get a constant text. */
  readonly hidden: boolean;
}

/** OpenAI's values of `error.type` (error code guide of the API reference). */
export type ErrorType =
  'invalid_request_error' | 'rate_limit_error' | 'insufficient_quota' | 'server_error' | 'service_unavailable_error';

const rule = (
  status: number,
  type: ErrorType,
  retry: ErrorRule['retry'],
  level: ErrorRule['level'],
  hidden = false,
): ErrorRule => ({ status, type, retry, level, hidden });

const callersMove = (status: number) => rule(status, 'invalid_request_error', 'never', 'debug');

/** The caller's move: the same call fails again, whoever repeats it. */
const caller = {
  invalid_json: callersMove(400),
  invalid_request_body: callersMove(400),
  body_too_deep: callersMove(400),
  missing_required_parameter: callersMove(400),
  invalid_type: callersMove(400),
  invalid_value: callersMove(400),
  unsupported_value: callersMove(400),
  unsupported_parameter: callersMove(400),
  invalid_api_key: callersMove(401),
  invalid_admin_token: callersMove(401),
  invalid_webhook_signature: callersMove(401),
  model_not_allowed: callersMove(403),
  mode_not_allowed: callersMove(403),
  unknown_route: callersMove(404),
  model_not_found: callersMove(404),
  request_not_found: callersMove(404),
  batch_not_found: callersMove(404),
  response_not_found: callersMove(404),
  object_not_found: callersMove(404),
  not_cached: callersMove(404),
  method_not_allowed: callersMove(405),
  conflict: callersMove(409),
  batch_not_cancellable: callersMove(409),
  request_not_cancellable: callersMove(409),
  request_cancelled: callersMove(409),
  batch_cancelled: callersMove(409),
  body_too_large: callersMove(413),
  unsupported_media_type: callersMove(415),
  idempotency_key_reused: callersMove(409),
  // Nothing but time or an operator helps, and more time than any client waits.
  insufficient_quota: rule(429, 'insufficient_quota', 'never', 'info'),
  client_disconnected: callersMove(499),
};

/** The provider's move. Stored failures are `never`: a repeat within their time to live finds the same failure. */
const provider = {
  provider_unavailable: rule(502, 'server_error', 'later', 'warn'),
  provider_refused: rule(502, 'server_error', 'never', 'warn'),
  batch_failed: rule(502, 'server_error', 'never', 'warn'),
  batch_lost: rule(502, 'server_error', 'never', 'error'),
  result_missing: rule(502, 'server_error', 'never', 'warn'),
  attempts_exhausted: rule(502, 'server_error', 'never', 'warn'),
  rounds_exhausted: rule(503, 'service_unavailable_error', 'never', 'warn'),
  submit_deadline_exceeded: rule(503, 'service_unavailable_error', 'never', 'warn'),
  account_parked: rule(503, 'service_unavailable_error', 'never', 'error'),
  account_missing: rule(502, 'server_error', 'never', 'error'),
  account_not_configured: rule(503, 'service_unavailable_error', 'never', 'warn'),
};

/** Ours or the platform's move: nothing is wrong with the call. */
const infrastructure = {
  rate_limit_exceeded: rule(429, 'rate_limit_error', 'later', 'info'),
  too_many_pending_requests: rule(429, 'rate_limit_error', 'later', 'info'),
  too_many_waiters: rule(429, 'rate_limit_error', 'later', 'warn'),
  still_processing: rule(503, 'service_unavailable_error', 'now', 'debug'),
  shutting_down: rule(503, 'service_unavailable_error', 'now', 'debug'),
  outcome_lost: rule(503, 'service_unavailable_error', 'now', 'warn'),
  store_unavailable: rule(503, 'service_unavailable_error', 'later', 'warn'),
  queue_unavailable: rule(503, 'service_unavailable_error', 'later', 'warn'),
};

/** A programmer's or an operator's move: nothing about it concerns the caller. */
const bug = {
  internal_error: rule(500, 'server_error', 'never', 'error', true),
  config_invalid: rule(500, 'server_error', 'never', 'error', true),
};

/** Every error code of the system, grouped by whose move is next; `docs/errors.md` explains each. */
export const errorTable = { ...caller, ...provider, ...infrastructure, ...bug } as const;

/** One of the codes of the table. */
export type ErrorCode = keyof typeof errorTable;

/** Tells whether a text from outside is one of our codes. */
export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(errorTable, text);

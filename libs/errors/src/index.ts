export { AppError, type AppErrorOptions } from './app-error.ts';
export { errorHeaders } from './error-headers.ts';
export { type ErrorCode, type ErrorRule, type ErrorType, errorTable, isErrorCode } from './error-table.ts';
export { toAppError } from './to-app-error.ts';
export { type ErrorEnvelope, toEnvelope } from './to-envelope.ts';

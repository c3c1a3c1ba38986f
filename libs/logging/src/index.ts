export { createLogger, type LoggerOptions, type RootLogger } from './create-logger.ts';
export { currentLogContext, type LogContext, withLogContext } from './log-context.ts';
export { type LogFields, type Logger, type LogLevel, silentLogger } from './logger.ts';

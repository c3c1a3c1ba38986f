/** Whether a signal has been aborted; it may have been while something was waited for. */
export const isOver = (signal: AbortSignal): boolean => signal.aborted;

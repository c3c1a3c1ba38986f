// Preloaded into a service (`--import`): its wall clock is ahead of the machine's by CHAOS_CLOCK_SKEW_MS, or behind it.
// Monotonic time and timers stay as they are, as on a machine whose clock is wrong.
const skewMs = Number(process.env['CHAOS_CLOCK_SKEW_MS'] ?? '0');
const trueNow = Date.now;

Date.now = () => trueNow() + skewMs;
globalThis.Date = new Proxy(Date, {
  construct: (target, args: unknown[], newTarget): object =>
    Reflect.construct(target, args.length === 0 ? [target.now()] : args, newTarget) as object,
});

// The image's health check: whether HEALTH_URL answers well. Kubernetes has probes of its own.
try {
  const { ok } = await fetch(process.env.HEALTH_URL ?? '', { signal: AbortSignal.timeout(4000) });
  process.exitCode = ok ? 0 : 1;
} catch {
  // Nobody answers: that is what is asked.
  process.exitCode = 1;
}

/** How many holds these gateways together have ended at their limit, by their own count. */
export async function countLimitsReached(opsUrls: readonly string[]): Promise<number> {
  const counts = await Promise.all(
    opsUrls.map(async (url) => {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      return Number(/hold_outcomes_total\{[^}]*outcome="limit"[^}]*\} (\d+)/.exec(metrics)?.[1] ?? 0);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

import { configurable, readersOf, secretEntries, workloads } from './service-settings.ts';

/** What the templates know of the services' settings: who reads which, and how a secret reaches whom. */
export function chartSettings(): string {
  const readers = Object.fromEntries(
    workloads.map((workload) => [
      workload,
      configurable()
        .map(({ name }) => name)
        .filter((name) => readersOf(name).includes(workload)),
    ]),
  );
  const secrets = Object.fromEntries(
    Object.entries(secretEntries).map(([entry, { setting, file }]) => [
      entry,
      {
        env: setting.endsWith('_FILE') ? setting : `${setting}_FILE`,
        file,
        workloads: readersOf(setting),
        // Files that the services follow need no restart.
        followed: setting.endsWith('_FILE'),
      },
    ]),
  );
  return `${JSON.stringify({ readers, secrets }, null, 2)}\n`;
}

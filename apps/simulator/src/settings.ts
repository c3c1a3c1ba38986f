import { z } from 'zod';

const duration = z.number().int().min(0).max(2_147_483_647);

const settingsSchema = z.strictObject({
  validatingMs: duration,
  inProgressMs: duration,
  finalizingMs: duration,
  cancellingMs: duration,
  slowMs: duration,
  /** From creation to `expires_at`; read when a batch is created. */
  expiresMs: duration,
  /** While true, no line runs and batches stay in in_progress. */
  hold: z.boolean(),
  /** Lines that still run after a cancel, as those in flight do; none while held. */
  cancelDrainLines: z.number().int().min(0).max(50_000),
  createsPerHour: z.number().int().min(1).max(1_000_000),
  /** Prompt tokens that may be enqueued per model, 0 for no limit. */
  enqueuedTokenLimit: z.number().int().min(0),
  /** Where batch events are posted, null for nowhere; nothing is posted without a secret. */
  webhookUrl: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable(),
  /** `whsec_` and a base64 key, or any text as the key itself. */
  webhookSecret: z.string().min(1).max(1000).nullable(),
  /** First wait before a webhook is sent again; doubled each time. */
  webhookRetryMs: duration,
  shuffle: z.boolean(),
  trailingNewline: z.boolean(),
});

/** What can be changed while the simulator runs; all durations in milliseconds. */
export const settingsPatchSchema = settingsSchema.partial();

/** The settings in force. */
export type Settings = Readonly<z.infer<typeof settingsSchema>>;
/** A change of some of them. */
export type SettingsPatch = Readonly<z.infer<typeof settingsPatchSchema>>;

/** The settings as they may be shown: the secret is not. */
export const shownSettings = (settings: Settings): Settings => ({
  ...settings,
  webhookSecret: settings.webhookSecret === null ? null : 'whsec_hidden',
});

/** New settings with a change applied; what the change leaves out stays. */
export function applyPatch(settings: Settings, patch: SettingsPatch): Settings {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  return { ...settings, ...Object.fromEntries(given) };
}

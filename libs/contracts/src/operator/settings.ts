import { z } from 'zod';

/** A setting in force: of a secret only whether it is `set`. Null: absent. */
export const settingInForce = z.object({
  name: z.string().max(128),
  value: z.string().max(512).nullable(),
  /** False: the default. */
  given: z.boolean(),
});
export type SettingInForce = z.infer<typeof settingInForce>;

/** `GET /admin/settings`: what processes say they run with; those of a service that agree stand together. */
export const operatorSettings = z.object({
  object: z.literal('batch_gpt.settings'),
  data: z.array(z.object({ service: z.string(), processes: z.array(z.string()), settings: z.array(settingInForce) })),
});
export type OperatorSettings = z.infer<typeof operatorSettings>;

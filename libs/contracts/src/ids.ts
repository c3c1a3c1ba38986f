import { z } from 'zod';

/** Owner of API keys; letters, digits, `_` and `-`, at most 64. */
export const tenantId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .brand<'TenantId'>();
export type TenantId = z.infer<typeof tenantId>;

/** Name of the provider credentials that pay; letters, digits, `_` and `-`, at most 64. */
export const accountId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .brand<'AccountId'>();
export type AccountId = z.infer<typeof accountId>;

/** Identity of a request and `custom_id` of its line: 64 lower-case hex characters. */
export const requestKey = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand<'RequestKey'>();
export type RequestKey = z.infer<typeof requestKey>;

/** Our own name of a batch: `batch_` and 32 lower-case hex characters, unguessable. */
export const batchId = z
  .string()
  .regex(/^batch_[0-9a-f]{32}$/)
  .brand<'BatchId'>();
export type BatchId = z.infer<typeof batchId>;

/** A model's name as callers send it: printable, at most 256 characters. */
export const modelName = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\u0000-\u001f\u007f]+$/);

export { createOpenAiBatchProvider, type OpenAiBatchOptions } from './create-openai-batch-provider.ts';
export { createProviderPool, type ProviderPool, type ProviderPoolOptions } from './create-provider-pool.ts';
export { defaultTimeouts, type ProviderTimeouts } from './timeouts.ts';

export { createOpenAiBatchProvider, type OpenAiBatchOptions } from './create-openai-batch-provider.ts';
export { defaultTimeouts, type ProviderTimeouts } from './timeouts.ts';

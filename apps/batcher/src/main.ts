import { describeSettings, loadConfig } from '@batch-gpt/config';
import { runService } from '@batch-gpt/lifecycle';
import { batcherConfig } from './config.ts';
import { createBatcher } from './service.ts';

await runService('batcher', (signal) =>
  createBatcher(loadConfig(batcherConfig, process.env), signal, describeSettings(batcherConfig, process.env)),
);

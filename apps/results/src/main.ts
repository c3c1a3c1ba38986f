import './keep-heap-small.ts';
import { describeSettings, loadConfig } from '@batch-gpt/config';
import { runService } from '@batch-gpt/lifecycle';
import { resultsConfig } from './config.ts';
import { createResults } from './service.ts';

await runService('results', (signal) =>
  createResults(loadConfig(resultsConfig, process.env), signal, describeSettings(resultsConfig, process.env)),
);

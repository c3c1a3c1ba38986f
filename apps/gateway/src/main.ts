import { describeSettings, loadConfig } from '@batch-gpt/config';
import { runService } from '@batch-gpt/lifecycle';
import { gatewayConfig } from './config.ts';
import { createGateway } from './service.ts';

await runService('gateway', (signal) =>
  createGateway(loadConfig(gatewayConfig, process.env), signal, describeSettings(gatewayConfig, process.env)),
);

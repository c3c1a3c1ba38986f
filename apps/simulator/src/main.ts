import { runService } from '@batch-gpt/lifecycle';
import { createService } from './service.ts';

await runService('simulator', () => createService(process.env));

import { loadConfig } from '@batch-gpt/config';
import { type Service } from '@batch-gpt/lifecycle';
import { createLogger } from '@batch-gpt/logging';
import { configSchema } from './config.ts';
import { createSimulator } from './create-simulator.ts';

/** There is nothing to drain: connections are cut and batches left where they are. */
const shutdownGraceMs = 1000;

/** The simulator as a process: says where it listens in one line, `listening` with `port` and `url`. */
export async function createService(env: NodeJS.ProcessEnv): Promise<Service> {
  const config = loadConfig(configSchema, env);
  const logger = createLogger({ service: 'simulator', ...config.log });
  const simulator = await createSimulator({ ...config.simulator, log: logger });
  logger.info('listening', { port: simulator.port, url: simulator.url });
  return {
    logger,
    shutdownGraceMs,
    async [Symbol.asyncDispose]() {
      await simulator.close();
      await logger.flush();
    },
  };
}

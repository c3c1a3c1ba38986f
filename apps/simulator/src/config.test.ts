import { loadConfig } from '@batch-gpt/config';
import { expect, test } from '@jest/globals';
import { configSchema } from './config.ts';
import { shownSettings } from './settings.ts';

const url = 'http://127.0.0.1:1/hooks';

test('a webhook needs its URL and its secret, which is not shown', () => {
  const env = { SIMULATOR_WEBHOOK_URL: url, SIMULATOR_WEBHOOK_SECRET: 'whsec_c2VjcmV0' };
  const { settings } = loadConfig(configSchema, env).simulator;
  expect(settings).toMatchObject({ webhookUrl: url, webhookSecret: 'whsec_c2VjcmV0' });
  expect(shownSettings(settings)).toMatchObject({ webhookUrl: url, webhookSecret: 'whsec_hidden' });
  expect(loadConfig(configSchema, {}).simulator.settings.webhookUrl).toBeNull();
});

test.each([{ SIMULATOR_WEBHOOK_URL: url }, { SIMULATOR_WEBHOOK_SECRET: 'whsec_c2VjcmV0' }])(
  '%j alone is refused',
  (env) => {
    expect(() => loadConfig(configSchema, env)).toThrow('SIMULATOR_WEBHOOK_URL');
  },
);

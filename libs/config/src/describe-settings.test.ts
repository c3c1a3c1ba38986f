import { expect, test } from '@jest/globals';
import { describeSettings } from './describe-settings.ts';
import { defineConfig } from './load-config.ts';
import { section } from './section.ts';
import { boolFlag, durationMs, orNull, secret, secretUrl, text } from './variables.ts';

const schema = defineConfig({
  one: section(
    { TOKEN: orNull(secret()), WINDOW_MS: durationMs({ default: 5000 }), SWITCH: boolFlag({ default: true }) },
    (env) => env,
  ),
  two: section(
    { DATABASE: secretUrl(() => null), NOTE: orNull(text()), WINDOW_MS: durationMs({ default: 5000 }) },
    (env) => env,
  ),
});
const shown = (env: Record<string, string>) =>
  Object.fromEntries(describeSettings(schema, env).map(({ name, value, given }) => [name, [value, given]]));

test('what nobody gave has its default, or is absent', () => {
  expect(shown({})).toEqual({
    DATABASE: [null, false],
    NOTE: [null, false],
    SWITCH: ['on', false],
    TOKEN: [null, false],
    WINDOW_MS: ['5000', false],
  });
});

test('what was given is shown, but of a secret only that it is there', () => {
  const env = {
    TOKEN_FILE: '/run/secrets/token',
    DATABASE: 'mongodb://me:hush@db',
    WINDOW_MS: '700',
    NOTE: 'x'.repeat(900),
    OTHER: 'y',
  };
  const settings = shown(env);
  expect(settings).toMatchObject({ DATABASE: ['set', true], TOKEN: ['set', true], WINDOW_MS: ['700', true] });
  expect(JSON.stringify(settings)).not.toMatch(/hush|run\/secrets|OTHER/);
  expect(settings['NOTE']?.[0]).toHaveLength(500);
});

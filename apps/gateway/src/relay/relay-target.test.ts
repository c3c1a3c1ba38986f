import { describe, expect, test } from '@jest/globals';
import { providerUrl, relayTarget } from './relay-target.ts';

const base = 'https://api.openai.com/v1';

describe('a target', () => {
  test.each([
    ['/v1/files', null, false],
    ['/v1/files/file-1', 'file-1', true],
    ['/v1/files/file-1/content', 'file-1', false],
    ['/v1/vector_stores/vs_1/files/file-1', 'vs_1', false],
    ['/v1/chat/completions/chatcmpl-1', 'chatcmpl-1', true],
    ['/v1/models/ft:gpt-4o:org::1', 'ft:gpt-4o:org::1', true],
    ['/v1/models/ft%3Agpt-4o%3Aorg%3A%3A1', 'ft:gpt-4o:org::1', true],
    ['/v1/Files', 'Files', true],
    ['/v1/responses/input_tokens', null, false],
    ['/V1/files/', null, false],
  ])('%s is about %s', (path, id, endsWithId) => {
    expect(relayTarget(path)).toMatchObject({ id, endsWithId, search: '' });
  });

  test.each([
    ['/v1/files/file-1?limit=2&a[]=b%20c', `${base}/files/file-1?limit=2&a[]=b%20c`],
    ['/v1/models/ft%3Agpt-4o%3Aorg%3A%3A1', `${base}/models/ft:gpt-4o:org::1`],
    ['/v1/files/a%20b', `${base}/files/a%20b`],
    ['/v1/files/', `${base}/files`],
    ['/v1/files?', `${base}/files`],
  ])('%s goes to %s', (path, url) => {
    expect(providerUrl(base, relayTarget(path)).href).toBe(url);
  });

  test.each([
    '/v1',
    '/v1/',
    '/v2/files',
    '/files',
    'v1/files',
    '//v1/files',
    '*',
    'http://evil.example/v1/files',
    '/v1/files//',
    '/v1//files',
    '/v1/.',
    '/v1/files/..',
    '/v1/files/%2E%2e',
    '/v1/files/a%2Fb',
    '/v1/files/a%5cb',
    '/v1/files/a%252fb',
    '/v1/files/a%0ab',
    '/v1/files/a%7fb',
    '/v1/files/%ff',
    '/v1/files/a#b',
    '/v1/files/a b',
    '/v1/files/ä',
    '/v1/files/a%2',
    '/v1/files?a=%',
    '/v1/files?a=#b',
    '/v1/files?a=\\b',
    `/v1/${'a'.repeat(2048)}`,
    `/v1/files?${'a'.repeat(8193)}`,
  ])('%s is none', (path) => {
    expect(() => relayTarget(path)).toThrow(expect.objectContaining({ code: 'invalid_value' }));
  });
});

test('a base URL keeps its own path', () => {
  const { href } = providerUrl('http://127.0.0.1:9400/proxy/openai/v1', relayTarget('/v1/files/file-1'));
  expect(href).toBe('http://127.0.0.1:9400/proxy/openai/v1/files/file-1');
});

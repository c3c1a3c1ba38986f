// One call through the Service, answered by a batch: `helm test`. Uses node:http, which has no time limit of its own.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';

const { BASE_URL = '', MODEL = '', TIMEOUT_SECONDS = '900', API_KEY_FILE = '' } = process.env;
const key = API_KEY_FILE === '' ? 'helm-test' : readFileSync(API_KEY_FILE, 'utf8').trim();

// A word that was never asked before, so that no stored answer can serve it.
const word = `helm-test-${Date.now()}-${process.pid}`;
const body = JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: `Repeat: ${word}` }] });

const call = request(`${BASE_URL}/v1/chat/completions`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
});
const limit = setTimeout(
  () => call.destroy(new Error(`no answer within ${TIMEOUT_SECONDS} s`)),
  TIMEOUT_SECONDS * 1000,
);
call.on('response', async (response) => {
  const chunks = [];
  try {
    for await (const chunk of response) chunks.push(chunk);
    report(response, Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    fail(error.message);
  } finally {
    clearTimeout(limit);
  }
});
call.on('error', (error) => {
  clearTimeout(limit);
  fail(error.message);
});
call.end(body);

function report({ statusCode, headers }, text) {
  const content = statusCode === 200 ? contentOf(text) : undefined;
  if (typeof content !== 'string' || content === '') return fail(`status ${statusCode}: ${text.slice(0, 500)}`);
  process.stdout.write(`answered by ${headers['batch-id'] ?? 'a batch'}: ${content.slice(0, 200)}\n`);
}

function contentOf(text) {
  try {
    return JSON.parse(text).choices?.[0]?.message?.content;
  } catch {
    return undefined; // No JSON is no answer: the status line and the text are reported.
  }
}

function fail(reason) {
  process.stderr.write(`helm test failed: ${reason}\n`);
  process.exitCode = 1;
}

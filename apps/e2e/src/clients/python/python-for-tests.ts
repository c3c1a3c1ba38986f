import { findPythonClient, type PythonClient } from '@batch-gpt/local-servers';

/**
 * The official client for Python, installed now if it is not there; null, with a warning, where that does not work.
 * With `CI=true` having none is an error instead.
 */
export async function pythonForTests(): Promise<PythonClient | null> {
  const attempt = await findPythonClient({ env: process.env, mayInstall: true, announce: () => undefined });
  if ('found' in attempt) return attempt.found;
  if (process.env['CI'] === 'true') throw new Error(`no Python client for tests: ${attempt.absent}`);
  process.emitWarning(`the tests with Python are skipped: ${attempt.absent}`);
  return null;
}

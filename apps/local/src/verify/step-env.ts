// A key in the shell must not be spent by a test; what a test needs it sets itself.
const KEPT_BACK = [
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'OPENAI_ACCOUNTS_FILE',
  'REDIS_URL',
  'SQLITE_PATH',
  'NODE_OPTIONS',
];

/** The environment of every step: no daemon left behind, no cloud, no full-screen output, no provider key. */
export function stepEnv(env: NodeJS.ProcessEnv, hasColors: boolean): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !KEPT_BACK.includes(name));
  return {
    ...Object.fromEntries(kept),
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    NX_NO_CLOUD: 'true',
    DO_NOT_TRACK: '1',
    // Nx would force colours on what it runs, also into a file.
    FORCE_COLOR: hasColors ? '1' : '0',
  };
}

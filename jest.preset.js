// One Jest setup for every project: ESM mode, SWC as transformer, unit tests apart from those that need servers.
import { fileURLToPath } from 'node:url';

const countReporter = fileURLToPath(new URL('./apps/local/count-reporter.mjs', import.meta.url));

const swc = [
  '@swc/jest',
  {
    jsc: {
      target: 'es2024',
      parser: { syntax: 'typescript', tsx: true },
      transform: { react: { runtime: 'automatic' } },
    },
  },
];

function preset(displayName, kind, overrides) {
  return {
    displayName,
    rootDir: 'src',
    testEnvironment: 'node',
    extensionsToTreatAsEsm: ['.ts', '.tsx'],
    transform: { '^.+\\.tsx?$': swc },
    reporters: ['default', [countReporter, { project: displayName, kind }]],
    passWithNoTests: true,
    ...overrides,
  };
}

/** Unit tests: beside the code, no network; patient, because a busy machine is slow and not wrong. */
export const projectPreset = (name) =>
  preset(name, 'test', {
    testMatch: ['**/*.test.ts', '**/*.test.tsx'],
    testTimeout: 30_000,
    testPathIgnorePatterns: ['\\.(int|e2e|crash|schedules|chaos|deploy|prove)\\.test\\.ts$'],
  });

/** Tests on real servers: one file at a time unless told otherwise, bounded, nothing left open. */
export const serverPreset = (name, kind, testTimeout = 60_000, maxWorkers = 1) =>
  preset(name, kind, { testMatch: [`**/*.${kind}.test.ts`], maxWorkers, testTimeout });

import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const layer = (name) => `layer:${name}`;
const may = (from, ...to) => ({ sourceTag: layer(from), onlyDependOnLibsWithTags: to.map(layer) });

const downward = [
  may('app', 'app', 'adapter', 'domain', 'contracts', 'errors', 'kernel'),
  may('adapter', 'adapter', 'domain', 'contracts', 'errors', 'kernel'),
  may('domain', 'domain', 'contracts', 'errors'),
  may('kernel', 'kernel', 'errors'),
  may('contracts', 'contracts'),
  may('errors', 'errors'),
  may('testing', 'testing', 'adapter', 'domain', 'contracts', 'errors', 'kernel'),
];
const boundary = (constraints) => [
  'error',
  { enforceBuildableLibDependency: false, allow: [], depConstraints: constraints },
];
// Tests, and the project that is nothing but tests, may reach for the fakes and conformance suites as well.
const inTests = downward.map((rule) => ({
  ...rule,
  onlyDependOnLibsWithTags: [...rule.onlyDependOnLibsWithTags, layer('testing'), layer('app')],
}));

export default tseslint.config(
  { ignores: ['**/dist', '**/.nx', '**/.data', '**/reports', '**/coverage', '**/node_modules', 'apps/dashboard/site'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': boundary(downward),
      'no-console': 'error',
      eqeqeq: 'error',
      'max-lines': ['warn', { max: 250, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'exit', message: 'Dispose and let the process end; set process.exitCode.' },
      ],
    },
  },
  {
    files: [
      '**/*.test.ts',
      '**/*.test.tsx',
      '**/src/testing/**/*.ts',
      'apps/bench/**/*.ts',
      'apps/e2e/**/*.ts',
      'apps/local/**/*.ts',
      'libs/testing/**/*.ts',
    ],
    rules: {
      '@nx/enforce-module-boundaries': boundary(inTests),
      'max-lines': 'off',
    },
  },
);

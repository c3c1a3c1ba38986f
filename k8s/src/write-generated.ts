// Writes what is generated: `npm run write -w @batch-gpt/k8s`. The tests say when it has to be run.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { renderedFiles, renderingTools, settingsFiles } from './generated-files.ts';
import { missingTools } from './tools/chart-tools.ts';

const missing = missingTools(renderingTools);
// In this order: the chart is rendered with the settings that were just written.
for (const { path, content } of [...settingsFiles, ...(missing.length === 0 ? renderedFiles : [])]) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content());
}
if (missing.length > 0) {
  process.stderr.write(
    `not rendered, for want of ${missing.join(', ')}: README.md, examples; run k8s/tools/install.sh\n`,
  );
  process.exitCode = 1;
}

// Writes what is generated: `npm run write -w @batch-gpt/k8s`. The tests say when it has to be run.
import { writeFileSync } from 'node:fs';
import { generatedFiles } from './generated-files.ts';

for (const { path, content } of generatedFiles) writeFileSync(path, content());

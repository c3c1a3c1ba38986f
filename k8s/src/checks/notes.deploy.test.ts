import { expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { chartFolder } from '../chart/chart-folder.ts';
import { shapes } from '../chart/render-chart.ts';
import { toolPath } from '../tools/chart-tools.ts';
import { describeWith } from '../tools/describe-with.ts';

/** What `helm install` says at its end; nothing is installed. */
function notesOf(shape: string): string {
  const values = join(chartFolder, `ci/${shape}-values.yaml`);
  const args = ['install', 'batch-gpt', chartFolder, '--dry-run=client', '--namespace', 'ours', '-f', values];
  const { stdout, stderr } = spawnSync(toolPath('helm'), args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return stdout.split('\nNOTES:\n')[1] ?? stderr;
}

describeWith('helm')('the notes', () => {
  it.each(shapes)('say how to reach it, and what to ask: %s', (shape) => {
    const notes = notesOf(shape);
    expect(notes).toContain('kubectl -n ours port-forward service/batch-gpt-gateway 8080:8080');
    expect(notes).toContain('curl http://127.0.0.1:8080/v1/chat/completions');
    expect(notes).toContain('helm -n ours test batch-gpt');
    expect(notes).not.toMatch(/<no value>|nil/);
  });

  it('warn of what is for trials, and of nothing else', () => {
    expect(notesOf('dev')).toContain('NOT FOR PRODUCTION: dev.redis, dev.mongodb, dev.simulator');
    expect(notesOf('production-keda')).not.toContain('NOT FOR PRODUCTION');
  });

  it('name the host and where keys are from', () => {
    expect(notesOf('production-hpa')).toContain('From outside: batch.example.com (paths /v1)');
    expect(notesOf('production-keda')).toContain('API_KEY has to be one of the keys in Secret batch-gpt.');
  });
});

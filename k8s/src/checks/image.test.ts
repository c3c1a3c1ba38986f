import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workloads } from '../settings/service-settings.ts';

const workspace = join(import.meta.dirname, '../../..');
const dockerfile = readFileSync(join(workspace, 'docker/service.Dockerfile'), 'utf8');
const runtime = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));

describe('the images that the chart runs', () => {
  it.each([...workloads, 'simulator'])('have their program where the image starts it: %s', (app) => {
    expect(existsSync(join(workspace, 'apps', app, 'src/main.ts'))).toBe(true);
    expect(dockerfile).toContain('ln -s apps/${APP}/src/main.ts main.ts');
    expect(runtime).toMatch(/^ENTRYPOINT \["node", .*"\/app\/main\.ts"\]$/m);
  });

  it('run as a number, which Kubernetes can tell from root', () => {
    expect(runtime).toMatch(/^USER 65532:65532$/m);
  });

  it('are built by what older builders understand', () => {
    expect(dockerfile).not.toMatch(/--link|--parents|--exclude|<<|--network|--checksum|--start-interval/);
    expect(dockerfile).not.toMatch(/^(CMD|ENTRYPOINT) (?!\[)/m);
  });

  it('are made of an allow-list', () => {
    const [first, ...more] = readFileSync(join(workspace, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(first).toBe('*');
    expect(more.filter((line) => line.startsWith('!')).toSorted()).toEqual([
      '!.npmrc',
      '!apps',
      '!docker/health.mjs',
      '!libs',
      '!package-lock.json',
      '!package.json',
      '!tsconfig.base.json',
    ]);
  });
});

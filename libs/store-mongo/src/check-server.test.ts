import { describe, expect, it } from '@jest/globals';
import { judgeHello } from './check-server.ts';

describe('judging a MongoDB', () => {
  it.each([
    ['a member of a replica set', { setName: 'rs0', isWritablePrimary: true }],
    ['a router', { msg: 'isdbgrid' }],
  ])('is content with %s', (_name, hello) => {
    expect(judgeHello(hello)).toBeNull();
  });

  it('warns of a single server', () => {
    expect(judgeHello({ isWritablePrimary: true, maxWireVersion: 21 })).toContain('no replica set');
  });
});

import { describe, expect, test } from '@jest/globals';
import { sampleAccount } from '@batch-gpt/testing';
import { createKeyring } from '../tenants/keyring.ts';
import { openCaller, type Caller } from '../tenant-of.ts';
import { sampleKeysFile, secretOf, sha256 } from '../testing/sample-keys.ts';
import { createAdmission } from './admission.ts';

describe('admission', () => {
  test('bounds calls, and a leaver makes room once', () => {
    const admission = createAdmission({ maxCalls: 2, maxBytes: 100 });
    const first = admission.enter();
    admission.enter();
    expect(() => admission.enter()).toThrow('Too many requests');
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    expect(admission.open).toBe(1);
    admission.enter();
    expect(() => admission.enter()).toThrow('Too many requests');
  });

  test('bounds the bytes of all bodies together, and gives them back', () => {
    const admission = createAdmission({ maxCalls: 10, maxBytes: 100 });
    const first = admission.enter();
    const second = admission.enter();
    first.grow(80);
    expect(() => second.grow(30)).toThrow('Too many requests');
    second.grow(20);
    first.clear();
    second.grow(60);
    expect(() => first.grow(30)).toThrow('Too many requests');
    second[Symbol.dispose]();
    first.grow(100);
    first.clear();
  });

  test('what waits in turn comes in when there is room, one after another, and may leave', async () => {
    const admission = createAdmission({ maxCalls: 10, maxBytes: 100 });
    const came: string[] = [];
    const [reading, ...calls] = Array.from({ length: 4 }, () => admission.enter());
    const wait = (name: string, bytes: number) => {
      const turn = calls.shift()?.growInTurn(bytes);
      void turn?.come.then(() => came.push(name));
      return turn;
    };
    const seen = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return came.splice(0);
    };
    const tellWhenServed = () => void admission.allServed().then(() => came.push('all'));
    reading?.grow(80);
    tellWhenServed();
    expect(await seen()).toEqual(['all']);
    const large = wait('large', 70);
    wait('small', 20);
    tellWhenServed();
    expect(await seen()).toEqual([]);
    large?.leave();
    expect(new Set(await seen())).toEqual(new Set(['large', 'small', 'all']));
    wait('last', 50);
    expect(await seen()).toEqual([]);
    reading?.clear();
    expect(await seen()).toEqual(['last']);
  });

  test('a body that is alone is let in whatever its size', () => {
    const admission = createAdmission({ maxCalls: 10, maxBytes: 100 });
    expect(() => admission.enter().grow(500)).not.toThrow();
  });
});

describe('places of tenants and keys', () => {
  const narrow = { tenant: 'acme', name: 'narrow', sha256: sha256('narrow'), limits: { waiters: 1 } };
  const keyring = createKeyring(sampleKeysFile({ acme: { limits: { waiters: 2 } }, beta: {} }, [narrow]));
  const callerOf = (secret: string): Caller => {
    const holder = keyring.find(secret);
    if (holder === null) throw new Error('no such key');
    const { tenant, name, settings } = holder;
    return { ...openCaller(() => sampleAccount), tenant, keyName: name, settings };
  };
  const [main, limited, beta] = [secretOf('acme'), 'narrow', secretOf('beta')].map(callerOf) as [
    Caller,
    Caller,
    Caller,
  ];

  test('are bounded each, and a leaver makes room', () => {
    const admission = createAdmission({ maxCalls: 5, maxBytes: 100 });
    const first = admission.enter(limited);
    expect(() => admission.enter(limited)).toThrow("the API key 'narrow' of the tenant 'acme'");
    admission.enter(main);
    expect(() => admission.enter(main)).toThrow("of the tenant 'acme' are open on this server, which may be 2");
    admission.enter(beta);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    admission.enter(limited);
    expect(() => admission.enter(main)).toThrow("the tenant 'acme'");
    admission.enter(beta);
    admission.enter();
    expect(() => admission.enter(beta)).toThrow('Too many requests are open on this server; try');
  });

  test('a refused call takes none, not even of the other share', () => {
    const admission = createAdmission({ maxCalls: 5, maxBytes: 100 });
    const first = admission.enter(limited);
    for (let n = 0; n < 5; n += 1) expect(() => admission.enter(limited)).toThrow('narrow');
    expect(admission.open).toBe(1);
    admission.enter(main);
    first[Symbol.dispose]();
    admission.enter(main);
  });
});

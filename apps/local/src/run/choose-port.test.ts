import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { choosePort } from './choose-port.ts';

describe('choosing a port', () => {
  const holder = createServer();
  let taken: number;
  beforeAll(async () => {
    holder.listen(0, '127.0.0.1');
    await once(holder, 'listening');
    taken = (holder.address() as AddressInfo).port;
  });
  afterAll(() => void holder.close());

  it('leaves the usual one to whoever has it', async () => {
    expect(await choosePort(null, taken)).toBe(0);
  });

  it('keeps the one that was asked for while it is free', async () => {
    expect(await choosePort(0, taken)).toBe(0);
  });

  it('says so when the one that was asked for is taken', async () => {
    await expect(choosePort(taken, 8080)).rejects.toMatchObject({ code: 'config_invalid' });
    await expect(choosePort(taken, 8080)).rejects.toThrow(`Port ${taken} is taken`);
  });
});

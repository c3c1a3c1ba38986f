import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { render } from 'ink';
import { type ReactNode } from 'react';

/** A terminal that a test types into and reads. */
export interface FakeTerminal extends Disposable {
  /** The screen as text. */
  readonly screen: () => string;
  readonly type: (keys: string) => void;
  readonly resize: (columns: number, rows: number) => void;
  readonly isRaw: () => boolean;
  readonly exited: Promise<unknown>;
}

/** Draws into a terminal of this size; every drawing is whole. */
export function drawInTerminal(node: ReactNode, columns = 80, rows = 24): FakeTerminal {
  let last = '';
  let raw = false;
  const stdout = Object.assign(
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (chunk.length > 1) last = chunk.toString();
        done();
      },
    }),
    { isTTY: true, columns, rows },
  );
  const stdin = Object.assign(new Readable({ read: () => undefined }), {
    isTTY: true,
    setRawMode: (wanted: boolean) => {
      raw = wanted;
    },
    ref: () => undefined,
    unref: () => undefined,
  });
  const shown = render(node, {
    // What is used of streams is there; Node's own types of terminals ask for sockets.
    ...{ stdout: stdout as unknown as NodeJS.WriteStream, stdin: stdin as unknown as NodeJS.ReadStream },
    ...{ debug: true, exitOnCtrlC: false, patchConsole: false, interactive: true },
  });
  return {
    screen: () => stripVTControlCharacters(last),
    type: (keys) => void stdin.push(keys),
    resize: (width, height) => {
      Object.assign(stdout, { columns: width, rows: height });
      EventEmitter.prototype.emit.call(stdout, 'resize');
    },
    isRaw: () => raw,
    exited: shown.waitUntilExit(),
    [Symbol.dispose]: () => shown.unmount(),
  };
}

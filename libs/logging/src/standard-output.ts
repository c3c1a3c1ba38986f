/** Where lines go: `write` takes one line without its newline, `flush` waits until all are handed over. */
export interface LogSink {
  write(line: string): void;
  flush(): Promise<void>;
}

let readerMayLeave = false;

/** Lines on stdout. A reader that went away (EPIPE) must not bring the service down, and there is nobody left to tell. */
export function standardOutput(): LogSink {
  if (!readerMayLeave) {
    readerMayLeave = true;
    process.stdout.on('error', () => undefined);
  }
  return {
    write: (line) => void process.stdout.write(`${line}\n`),
    flush: () => new Promise((resolve) => void process.stdout.write('', () => resolve())),
  };
}

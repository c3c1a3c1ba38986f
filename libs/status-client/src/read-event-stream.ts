/** One server-sent event. Source: WHATWG HTML, section 9.2. */
export interface StreamedEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** What comes out of a stream: an event, or a sign of life that says nothing (a comment, a `retry:`). */
export type StreamPart = StreamedEvent | 'alive';

/** Characters of an event that are kept; more is an error. */
const longestEvent = 32 * 1024 * 1024;

/** Reads server-sent events; ends with the stream, and cancels it when its reader stops. Throws RangeError for an endless one. */
export async function* readEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamPart, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const assemble = createAssembly();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      if (rest.length > longestEvent) throw new RangeError('an event of the stream is too long');
      yield 'alive';
      for (const line of lines) {
        const event = assemble(line);
        if (event !== null) yield event;
      }
    }
  } finally {
    // Its end or error is known already, or nobody wants it any more.
    await reader.cancel().catch(() => undefined);
  }
}

function createAssembly(): (line: string) => StreamedEvent | null {
  let id: string | null = null;
  let event = '';
  let data: string[] = [];
  let length = 0;

  return (line) => {
    if (line === '') {
      const whole = data.length === 0 ? null : { id, event: event === '' ? 'message' : event, data: data.join('\n') };
      event = '';
      data = [];
      length = 0;
      id = null;
      return whole;
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'id') id = value;
    if (field === 'event') event = value;
    if (field === 'data') {
      length += value.length;
      if (length > longestEvent) throw new RangeError('an event of the stream is too long');
      data.push(value);
    }
    return null;
  };
}

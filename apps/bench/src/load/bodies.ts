const padding = 'what a thousand bytes of an ordinary question look like '.repeat(80);

/** The JSON text of a chat call of about `bytes` bytes that differs for every `n`. */
export function chatBody(n: number | string, bytes = 1024, marker = ''): string {
  const head = `{"model":"gpt-6-luna","messages":[{"role":"user","content":"${marker}question ${n} `;
  const tail = '"}]}';
  return head + filler(Math.max(0, bytes - head.length - tail.length)) + tail;
}

function filler(length: number): string {
  if (length <= padding.length) return padding.slice(0, length);
  return padding.repeat(Math.ceil(length / padding.length)).slice(0, length);
}

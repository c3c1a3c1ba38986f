/** `fetch` for answers that are read whole: redirects are not followed, and a body above `limit` bytes breaks off. */
export function boundedFetch(limit: number): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'manual' });
    if (response.body === null) return response;
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(cappedAt(limit)), { status, statusText, headers });
  };
}

function cappedAt(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > limit) throw new Error(`the answer is longer than ${limit} bytes`);
      controller.enqueue(chunk);
    },
  });
}

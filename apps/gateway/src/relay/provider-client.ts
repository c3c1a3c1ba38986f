/*
 * One HTTP call to the provider, streamed both ways. Node's own client: it follows no redirects, keeps nothing of a body,
 * and goes as fast as the slower side.
 *
 *   connecting ──▶ asking (large bodies: for leave to be sent) ──▶ sending ──▶ waiting ──▶ receiving ──▶ done
 *        └────────────────────┴──────── early answer: what is left of the body stays here ────▲
 *
 * Every phase is limited. Where bytes should flow the limit is for silence, seen by the socket's own counters: between
 * once and twice the limit passes until it is noticed.
 */
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { type Socket } from 'node:net';
import { type Readable } from 'node:stream';
import { AppError } from '@batch-gpt/errors';
import { type GatewayClock } from '../gateway-clock.ts';

export interface ProviderCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: OutgoingHttpHeaders;
  /** A text that is sent as it is, or a stream with its length if that is known. */
  readonly body: string | { readonly stream: Readable; readonly length: number | null } | null;
  /** Ends the call whatever its phase. */
  readonly signal: AbortSignal;
}

/** Times in milliseconds. */
export interface ProviderLimits {
  readonly connectTimeout: number;
  /** From the end of the body to the first byte of the answer: as long as a model may think. */
  readonly answerTimeout: number;
  /** Silence in the middle of a body, whoever is to blame. */
  readonly idleTimeout: number;
}

export interface ProviderClient extends Disposable {
  /**
   * Resolves with the answer's head; its body is a stream that fails when the call does. Throws AppError
   * `provider_unavailable` without an answer, and the signal's reason when that was the cause.
   */
  send(call: ProviderCall): Promise<IncomingMessage>;
}

/** An idle connection is closed before the provider does it: a call on a closing one would fail. */
const agentOptions = { keepAlive: true, maxFreeSockets: 64, timeout: 4000 };
/** A server that refuses a large body and hangs up takes its answer along; below this there is no time for it. */
const askFirstAbove = 1024 * 1024;
const longestWaitForContinue = 1000;

export function createProviderClient(limits: ProviderLimits, clock: GatewayClock): ProviderClient {
  const agents = { 'http:': new HttpAgent(agentOptions), 'https:': new HttpsAgent(agentOptions) };
  return {
    send: async (call) => {
      const request = open(call, agents);
      try {
        return await exchange(request, call, limits, clock);
      } catch (cause) {
        call.signal.throwIfAborted();
        throw new AppError('provider_unavailable', 'The provider did not answer this call.', { cause });
      }
    },
    [Symbol.dispose]: () => {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function open(
  { method, url, headers, body, signal }: ProviderCall,
  agents: { readonly 'http:': HttpAgent; readonly 'https:': HttpsAgent },
): ClientRequest {
  const isLarge = body !== null && typeof body !== 'string' && (body.length ?? Infinity) > askFirstAbove;
  const options = {
    method,
    signal,
    headers: { ...headers, ...framing(method, body), ...(isLarge && { expect: '100-continue' }) },
  };
  if (url.protocol === 'https:') return httpsRequest(url, { ...options, agent: agents['https:'] });
  return httpRequest(url, { ...options, agent: agents['http:'] });
}

function framing(method: string, body: ProviderCall['body']): OutgoingHttpHeaders {
  if (body === null) return method === 'GET' || method === 'HEAD' || method === 'DELETE' ? {} : { 'content-length': 0 };
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  return length === null ? { 'transfer-encoding': 'chunked' } : { 'content-length': length };
}

function exchange(
  request: ClientRequest,
  { body }: ProviderCall,
  limits: ProviderLimits,
  clock: GatewayClock,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const watch = watchSilence(clock, () => request.socket);
    const expect = (ms: number, otherwise: string) => watch.expect(ms, () => request.destroy(new Error(otherwise)));
    const answered = new AbortController();
    expect(limits.connectTimeout, 'no connection within the limit');
    // An error after the answer is the answer's, whose stream tells it.
    request.on('error', reject);
    request.once('close', () => {
      watch.end();
      answered.abort();
      reject(new Error('the connection was closed'));
    });
    whenConnected(request, () => {
      expect(limits.idleTimeout, 'the body was not taken');
      send(request, body, answered.signal, clock);
    });
    request.once('finish', () => {
      if (!answered.signal.aborted) expect(limits.answerTimeout, 'no answer within the limit');
    });
    request.once('response', (response) => {
      answered.abort();
      watch.expect(limits.idleTimeout, () => response.destroy(new Error('the answer stopped')));
      response.once('close', () => {
        watch.end();
        // What the provider did not want to hear before it answered.
        if (!request.writableFinished) request.destroy();
      });
      resolve(response);
    });
  });
}

function whenConnected(request: ClientRequest, go: () => void): void {
  request.once('socket', (socket) => {
    if (!socket.connecting) go();
    else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', go);
  });
}

/** Sends the body, a large one once it is asked for or nobody answers the question; never after the answer. */
function send(request: ClientRequest, body: ProviderCall['body'], answered: AbortSignal, clock: GatewayClock): void {
  if (body === null || typeof body === 'string') {
    request.end(body ?? undefined);
    return;
  }
  const stop = new AbortController();
  const begin = () => {
    if (stop.signal.aborted || answered.aborted) return;
    stop.abort();
    body.stream.pipe(request);
  };
  if (!request.hasHeader('expect')) {
    begin();
    return;
  }
  request.once('continue', begin);
  const cancel = clock.after(longestWaitForContinue, begin);
  answered.addEventListener('abort', cancel, { once: true });
}

/** Runs what was last expected to be done with when that takes too long while no byte moves. */
function watchSilence(clock: GatewayClock, socketOf: () => Socket | null) {
  let cancel = (): void => undefined;
  const bytes = () => {
    const socket = socketOf();
    return (socket?.bytesRead ?? 0) + (socket?.bytesWritten ?? 0);
  };
  const expect = (ms: number, silent: () => void): void => {
    cancel();
    const before = bytes();
    cancel = clock.after(ms, () => {
      if (bytes() === before) silent();
      else expect(ms, silent);
    });
  };
  return { expect, end: () => cancel() };
}

/*
 * What Node refuses before Express hears of it, in OpenAI's envelope as everything else.
 *
 * A connection may owe answers to calls that came before the bad bytes. Only where the refusal is the next answer is it
 * written; otherwise it would pass for the answer of another call, and the connection is closed without one. After the
 * refusal the rest of what the client sends is discarded for a while: closing at once resets the connection, and the
 * client would lose the refusal. Node reports every later chunk as an error again.
 */
import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Duplex } from 'node:stream';
import { type ErrorEnvelope } from '@batch-gpt/errors';
import { type Headers } from '../respond/answer-headers.ts';
import { writeJson } from '../respond/write-json.ts';
import { newRequestId, requestIdOf } from './request-id.ts';

/** How long a refused client may go on sending, in milliseconds. */
const lingerMs = 2000;

interface Refusal {
  readonly status: number;
  readonly code: string | null;
  readonly message: string;
}

const malformed: Refusal = { status: 400, code: 'invalid_value', message: 'Your request is not valid HTTP.' };
const withoutHost: Refusal = { status: 400, code: 'invalid_value', message: 'Your request has no Host header.' };
const withoutPath: Refusal = { status: 400, code: 'invalid_value', message: 'Your request has no path.' };
const tunnel: Refusal = { status: 405, code: 'method_not_allowed', message: 'This server opens no tunnels.' };
const unexpected: Refusal = {
  status: 417,
  code: 'invalid_value',
  message: "The only expectation that this server meets is 'Expect: 100-continue'.",
};

/** By the codes of Node's errors (https://nodejs.org/api/http.html#event-clienterror); every other one is malformed. */
const refusals: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: { status: 431, code: 'invalid_value', message: 'The headers of your request are too large.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    code: 'body_too_large',
    message: 'The chunk extensions of your request are too large.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, code: null, message: 'Your request did not arrive in time.' },
};

/** Refuses as everything else does, with these headers besides. */
export interface WireRefusals {
  readonly handle: (serve: Serve) => Serve;
  /** Refuses a target like `http://`: having no path it matches no route, not even that for unknown ones. */
  readonly refuseWithoutPath: Serve;
}

/** Answers what Node refuses by itself; the server has to be made with `requireHostHeader: false`. */
export function refuseOnWire(server: Server, headers: Headers = {}): WireRefusals {
  const owed = new WeakMap<Duplex, Set<ServerResponse>>();
  const refused = new WeakSet<Duplex>();

  const owe = (res: ServerResponse, socket: Duplex) => {
    const answers = owed.get(socket) ?? new Set();
    owed.set(socket, answers.add(res));
    res.once('close', () => answers.delete(res));
  };
  const refuseNext = (socket: Duplex, refusal: Refusal) => {
    if (refused.has(socket)) return;
    refused.add(socket);
    if (socket.writable && isNext(owed.get(socket))) refuseSocket(socket, refusal, headers);
    else socket.destroy();
  };
  const refuse = (req: IncomingMessage, res: ServerResponse, refusal: Refusal) => {
    req.resume();
    const own = { ...closing, 'x-request-id': requestIdOf(req) };
    writeJson(res, refusal.status, bodyOf(refusal), { ...headers, ...own });
  };
  server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
    refuseNext(socket, refusals[error.code ?? ''] ?? malformed),
  );
  // Node closes these connections without a word unless somebody listens.
  server.on('connect', (_req: IncomingMessage, socket: Duplex) => refuseNext(socket.resume(), tunnel));
  server.on('checkExpectation', (req: IncomingMessage, res: ServerResponse) => refuse(req, res, unexpected));
  return {
    handle: (serve) => (req, res) => {
      owe(res, req.socket);
      // Node takes a request line without a version for HTTP/0.9.
      if (!spoken.has(req.httpVersion)) refuse(req, res, malformed);
      // RFC 9112, section 3.2.
      else if (req.headers.host === undefined && req.httpVersion === '1.1') refuse(req, res, withoutHost);
      else serve(req, res);
    },
    refuseWithoutPath: (req, res) => refuse(req, res, withoutPath),
  };
}

const spoken: ReadonlySet<string> = new Set(['1.0', '1.1']);

type Serve = (req: IncomingMessage, res: ServerResponse) => void;

/** The one answer that may be open is that of the call which is still arriving. */
function isNext(answers: ReadonlySet<ServerResponse> = new Set()): boolean {
  return answers.size <= 1 && [...answers].every(({ req, headersSent }) => !req.complete && !headersSent);
}

function refuseSocket(socket: Duplex, refusal: Refusal, more: Headers): void {
  const body = bodyOf(refusal);
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...closing,
    'x-request-id': newRequestId(),
    date: new Date().toUTCString(),
    ...more,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
  // The client may be gone by now, which is the end that is wanted.
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}

const closing = { 'x-should-retry': 'false', connection: 'close' } as const;

function bodyOf({ code, message }: Refusal): string {
  const envelope: ErrorEnvelope = { error: { message, type: 'invalid_request_error', param: null, code } };
  return JSON.stringify(envelope);
}

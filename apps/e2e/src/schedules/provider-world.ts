/*
 * The provider, and what became of every line there.
 *
 *   created ─▶ validating ─▶ in_progress ─▶ finalizing ─▶ completed, expired, cancelled
 *                  └─▶ failed: nothing of it runs
 *
 * A line that ran is `answered` (a 2xx or its own 4xx: billed, final), `failed` (the provider says that it did not
 * work: another run is its own doing) or `lost` (billed, and no row says so). Its ledger is the witness: a line that
 * runs after it was answered or lost was paid twice, and two batches that may both run a line are as bad.
 */
import { createHash } from 'node:crypto';
import { finalProviderStatuses, type ProviderBatch, type ProviderFile, type RequestKey } from '@batch-gpt/contracts';
import type { SubmitAnswer } from '@batch-gpt/domain';
import { createMemoryProvider, type MemoryProvider } from '@batch-gpt/testing';
import type { Random } from './random.ts';
import type { Violate } from './violations.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What the provider does with a line whenever it meets it. */
export type LineNature = 'good' | 'refused' | 'named' | 'poison';

/** A line as its caller gave it. */
export interface KnownLine {
  readonly text: string;
  readonly answer: string;
  readonly nature: LineNature;
}

export interface LineRun {
  readonly key: RequestKey;
  readonly providerBatchId: string;
  readonly result: 'succeeded' | 'refused' | 'failed' | 'lost';
}

export interface ProviderWorld {
  readonly provider: MemoryProvider;
  readonly runs: readonly LineRun[];
  /** Failures that the provider itself gave a reason for, by key. */
  readonly reasons: ReadonlyMap<string, string>;
  /** Batches that are not final. */
  live(): number;
  create(request: CreateRequest): Promise<SubmitAnswer<ProviderBatch>>;
  getBatch(id: string): Promise<ProviderBatch | null>;
  upload(content: Buffer): Promise<SubmitAnswer<ProviderFile>>;
  /** Notes that a file was refused as a whole: if it has one line, that line may fail for it. */
  rejectFile(content: Buffer | null): void;
}

type CreateRequest = Parameters<MemoryProvider['createBatch']>[0];
const signal = new AbortController().signal;

interface WorldOptions {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly epoch: number;
  readonly stormy: () => boolean;
  readonly lines: ReadonlyMap<string, KnownLine>;
  readonly violate: Violate;
  readonly count: (name: string) => void;
  readonly trace: (line: string) => void;
}

/** How the provider itself fails: with a whole batch, with one line of it, or in telling of it. */
const batchFaults = ['token limit', 'rejected', 'no file', 'expired', 'cancelled by hand'] as const;
const lineFaults = ['500', '429', 'timeout', 'gone', 'lost'] as const;
export const everyProviderFault: readonly string[] = [
  ...batchFaults.map((fault) => `batch: ${fault}`),
  ...lineFaults.map((fault) => `line: ${fault}`),
  'batch: no output id at first',
  'batch: input file deleted under it',
];

export function createProviderWorld(options: WorldOptions): ProviderWorld {
  const { time, random, epoch, stormy, lines, violate, count, trace } = options;
  const skew = random.whole(-60_000, 60_000);
  const provider = createMemoryProvider(() => epoch + skew + Math.floor(time.now()));
  provider.setListLag(random.pick([0, 5000, 30_000, 60_000]));
  let budget = random.pick([0, 0, 1, 2, 4]);
  const runs: LineRun[] = [];
  const reasons = new Map<string, string>();
  const holders = new Map<RequestKey, string[]>();
  const live = new Set<string>();
  const hiddenOutputs = new Map<string, string>();

  const draw = <T extends string>(faults: readonly [T, ...T[]], chance: number, kind: string): T | null => {
    if (budget === 0 || !stormy() || !random.chance(chance)) return null;
    budget -= 1;
    const fault = random.pick(faults);
    count(`${kind}: ${fault}`);
    return fault;
  };

  const statusOf = (id: string) => provider.created.get(id)?.status ?? '';
  const end = (id: string, change: Partial<ProviderBatch>) => {
    provider.setBatch(id, change);
    live.delete(id);
    trace(`provider ${id} ${change.status ?? ''}`);
  };

  const begin = (batch: ProviderBatch, keys: readonly RequestKey[]) => {
    trace(`provider ${batch.id} created, attempt ${batch.metadata['batch_gpt_attempt'] ?? '?'}`);
    live.add(batch.id);
    for (const key of keys) {
      const former = holders.get(key) ?? [];
      const rival = former.find((id) => !finalProviderStatuses.has(statusOf(id)));
      if (rival !== undefined) violate('two live batches', `${rival} and ${batch.id} hold ${key}`);
      holders.set(key, [...former, batch.id]);
    }
    time.after(random.spread(500, 60_000), () => validate(batch.id, keys));
  };

  const validate = (id: string, keys: readonly RequestKey[]) => {
    const input = provider.created.get(id)?.input_file_id ?? '';
    const missing = !provider.files.has(input);
    if (missing) count('batch: input file deleted under it');
    const fault = draw(batchFaults, 0.25, 'batch');
    const natures = keys.map((key) => lines.get(key)?.nature ?? 'good');
    if ((missing && random.chance(0.5)) || fault === 'no file') {
      fail(id, [], [{ code: 'invalid_request', message: `Cannot find file ${input}.`, param: 'file_id', line: null }]);
    } else if (fault === 'token limit') {
      const message = 'Enqueued token limit reached for this model. Limit: 90,000 enqueued tokens.';
      fail(id, keys, [{ code: 'token_limit_exceeded', message, param: null, line: null }]);
    } else if (fault === 'rejected' || natures.includes('poison')) {
      fail(id, keys, [{ code: 'invalid_file', message: 'The file cannot be taken.', param: null, line: null }]);
    } else if (natures.includes('named')) {
      const bad = natures.flatMap((nature, index) => (nature === 'named' ? [index + 1] : []));
      for (const line of bad) reasons.set(keys[line - 1] ?? '', 'named by the validation');
      fail(
        id,
        [],
        bad.map((line) => ({ code: 'invalid_line', message: 'This line is wrong.', param: 'body', line })),
      );
    } else {
      provider.setBatch(id, { status: statusOf(id) === 'cancelling' ? 'cancelling' : 'in_progress' });
      time.after(random.spread(1000, 900_000), () => run(id, keys, fault));
    }
  };

  const fail = (id: string, keys: readonly RequestKey[], errors: ProviderBatch['errors']) => {
    // A file of one line that is refused as a whole names its line.
    if (keys.length === 1) reasons.set(keys[0] ?? '', `its file was refused: ${errors[0]?.code ?? ''}`);
    end(id, { status: 'failed', errors });
  };

  const run = (id: string, keys: readonly RequestKey[], fault: (typeof batchFaults)[number] | null) => {
    const cancelled = statusOf(id) === 'cancelling' || fault === 'cancelled by hand';
    const stops = cancelled || fault === 'expired';
    const unrun = fault === 'expired' ? 'batch_expired' : 'batch_cancelled';
    const output: string[] = [];
    const errors: string[] = [];
    let completed = 0;
    const lostOne = () => runs.some((line) => line.providerBatchId === id && line.result === 'lost');
    for (const key of keys) {
      if (cancelled) reasons.set(key, 'cancelled');
      if (stops && random.chance(0.5)) {
        errors.push(row(key, `"response":null,"error":{"code":"${unrun}","message":"Not run."}`));
        continue;
      }
      const result = runLine(id, key, output, errors);
      if (result === 'succeeded' || result === 'lost') completed += 1;
    }
    // Its counts no longer prove that a line without a row was not completed.
    if (lostOne()) for (const key of keys) reasons.set(key, 'its batch lost rows');
    if (output[0] !== undefined && random.chance(0.05)) output.push(output[0]);
    const outputId = output.length > 0 ? provider.addFile(shuffled(output).join('')) : null;
    const errorId = errors.length > 0 ? provider.addFile(shuffled(errors).join('')) : null;
    time.after(random.spread(100, 30_000), () => {
      const late = outputId !== null && completed > 0 && stormy() && random.chance(0.1);
      if (late) {
        count('batch: no output id at first');
        hiddenOutputs.set(id, outputId);
      }
      end(id, {
        status: cancelled ? 'cancelled' : fault === 'expired' ? 'expired' : 'completed',
        output_file_id: late ? null : outputId,
        error_file_id: errorId,
        request_counts: { total: keys.length, completed, failed: keys.length - completed },
      });
    });
  };

  const runLine = (id: string, key: RequestKey, output: string[], errors: string[]): LineRun['result'] => {
    const before = runs.find((run) => run.key === key && run.result !== 'failed');
    if (before !== undefined) violate('paid twice', `${key} ran in ${before.providerBatchId} and in ${id}`);
    const line = lines.get(key);
    const fault = draw(lineFaults, 0.15, 'line');
    const answered = (status: number, body: string) =>
      row(key, `"response":{"status_code":${status},"request_id":"req_${runs.length}","body":${body}},"error":null`);
    const record = (result: LineRun['result']) => {
      runs.push({ key, providerBatchId: id, result });
      const failures = runs.filter((run) => run.key === key && run.result === 'failed');
      if (failures.length >= 3) reasons.set(key, 'failed three times');
      return result;
    };
    switch (fault) {
      case '500':
      case '429':
        errors.push(answered(Number(fault), '{"error":{"message":"Try again."}}'));
        return record('failed');
      case 'timeout':
        errors.push(row(key, '"response":null,"error":{"code":"request_timeout","message":"Timed out."}'));
        return record('failed');
      case 'gone':
        return record('failed');
      case 'lost':
        reasons.set(key, 'its row was lost');
        return record('lost');
      case null:
        break;
    }
    if (line?.nature === 'refused') {
      reasons.set(key, 'refused with its own 4xx');
      errors.push(answered(400, '{"error":{"message":"No.","type":"invalid_request_error","param":null,"code":"no"}}'));
      return record('refused');
    }
    output.push(answered(200, answerBody(line?.answer ?? '')));
    return record('succeeded');
  };

  const shuffled = (rows: readonly string[]) =>
    rows
      .map((text) => ({ text, at: random.next() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ text }) => text);

  const keysOf = (content: Buffer | null): RequestKey[] =>
    (content?.toString('utf8').split('\n') ?? [])
      .filter((text) => text !== '')
      .map((text) => {
        const { custom_id: key } = JSON.parse(text) as { custom_id: RequestKey };
        if (lines.get(key)?.text !== `${text}\n`) violate('changed line', `${key} was sent as ${text}`);
        return key;
      });

  return {
    provider,
    runs,
    reasons,
    live: () => live.size,
    upload: async (content) => {
      const value = await provider.getFile(provider.addFile(content, 'batch'), signal);
      return value === null ? { kind: 'doubtful', error: new Error('no file') } : { kind: 'done', value };
    },
    create: async (request) => {
      const keys = keysOf(provider.files.get(request.inputFileId)?.content ?? null);
      const answer = await provider.createBatch(request, signal);
      if (answer.kind === 'done') begin(answer.value, keys);
      return answer;
    },
    getBatch: async (id) => {
      const batch = await provider.getBatch(id, signal);
      const hidden = hiddenOutputs.get(id);
      if (hidden !== undefined) {
        hiddenOutputs.delete(id);
        provider.setBatch(id, { output_file_id: hidden });
      }
      return batch;
    },
    rejectFile: (content) => {
      const [only, ...others] = keysOf(content);
      if (only !== undefined && others.length === 0) reasons.set(only, 'its file was refused');
    },
  };
}

const row = (key: RequestKey, rest: string) => `{"id":"batch_req_1","custom_id":"${key}",${rest}}\n`;

/** A completion whose content is the answer that only this line's caller may get. */
function answerBody(answer: string): string {
  return `{"id":"c","choices":[{"finish_reason":"stop","message":{"content":"${answer}"}}],"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}}`;
}

/** A key like those of real content: every bit of it as likely as not. */
export function contentKey(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

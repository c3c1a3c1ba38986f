import { describe, expect, it } from '@jest/globals';
import { sampleBatch, sampleRequest } from '@batch-gpt/status-client/samples';
import { batchIdOf, sampleBatchDetails, sampleNow } from '../testing/samples.ts';
import { type Line } from '../text/tone.ts';
import { batchLines, requestLines } from './details-lines.ts';

const room = { width: 78, now: sampleNow };
const textOf = (lines: readonly Line[]) => lines.map((line) => line.map(({ text }) => text).join(''));
const failure = { code: 'server_error', message: 'it broke', type: null, param: 'body' };

describe('a batch in detail', () => {
  it('says what is known, with its timeline', () => {
    const text = textOf(batchLines(sampleBatchDetails(), room)).join('\n');
    expect(text).toContain(`${batchIdOf('de7a115')}  in_progress`);
    expect(text).toContain('██████████░░░░░░░░░░ 50%  10 lines, 4 completed, 1 failed');
    expect(text).toContain('begun     2025-11-24 18:35:04 UTC, 2m 00s ago');
    expect(text).toContain('expires   in 23h 53m');
    expect(text).toContain('  2025-11-24 18:35:06      +2s provider.created: accepted by the provider');
    expect(text).not.toContain('ERRORS');
  });

  it('says the errors in full', () => {
    const message = 'The line is too long for this model. '.repeat(6).trim();
    const lines = textOf(
      batchLines(
        sampleBatchDetails({
          ...{ trouble: failure, failure, named_line_count: 200 },
          errors: [{ ...failure, message, line: 7 }],
          named_lines: [{ request_id: 'ab'.repeat(32), code: 'bad', message: 'named' }],
        }),
        room,
      ),
    );
    expect(lines).toContain('trouble   server_error: it broke (body)');
    const errors = lines.slice(lines.indexOf('ERRORS') + 1).join(' ');
    expect(errors.replace(/\s+/g, ' ')).toContain(`line 7: server_error: ${message} (body)`);
    expect(lines).toContain('LINES THAT THE PROVIDER NAMED (1 of 200)');
    expect(lines).toContain('  abababab bad: named');
    expect(lines.every((line) => line.length <= room.width)).toBe(true);
  });

  it('says what came of it once it has settled', () => {
    const text = textOf(
      batchLines(
        sampleBatchDetails({
          ...{ state: 'settled', status: 'completed', settled_at: sampleNow, took_seconds: 120, depth: 2 },
          ...{ output_file_id: 'file-out', error_file_id: 'file-err', former_provider_batch_ids: ['batch_before'] },
          ...{ cost: { batch_usd: 0.25, list_usd: 0.5 }, cancel_requested_at: sampleNow - 5, expires_at: null },
          usage: { input_tokens: 100, cached_tokens: 10, output_tokens: 50, sent_again: 1 },
          estimate: { completes_at: sampleNow + 10, completes_by: sampleNow + 20, samples: 1 },
        }),
        room,
      ),
    ).join('\n');
    expect(text).toContain('settled   2025-11-24 18:37:04 UTC, took 2m 00s');
    expect(text).toContain('cost      $0.2500, by single calls $0.5000');
    expect(text).toContain('tokens    100 in (10 cached), 50 out, 1 lines sent again');
    expect(text).toContain('former    batch_before');
    expect(text).toContain('files     input file-in · output file-out · errors file-err');
    expect(text).toContain('search    halved 2 times in search of a bad line');
    expect(text).toContain('estimate  in 10s, by nine of ten in 20s (from 1 batch)');
    expect(text).toContain('cancel    asked for at');
  });
});

describe('a request in detail', () => {
  it('says why it waits', () => {
    const text = textOf(requestLines(sampleRequest({ window_closes_at: sampleNow + 3 }), room)).join('\n');
    expect(text).toContain('state     accepted');
    expect(text).toContain('why       It waits for its window, which closes in 3s at the latest.');
  });

  it('says what its batch does, and what it ended with', () => {
    const outcome = {
      ...{ result: 'failed' as const, status_code: 400, provider_request_id: null, reusable_until: sampleNow },
      usage: { input_tokens: 5, cached_tokens: 0, output_tokens: 6, total_tokens: 11 },
    };
    const text = textOf(
      requestLines(
        sampleRequest({
          ...{ state: 'done', waits_for: null, outcome, failure, delivered: true, expires_at: sampleNow },
          ...{ batch: sampleBatch({ trouble: failure }), attempt: 1 },
          estimate: {
            ...{ completes_at: sampleNow, completes_by: sampleNow, samples: 3, confidence: 'low' },
            turnaround_seconds: { p50: 1, p90: 2 },
          },
          timeline: [{ at: sampleNow, event: 'done', note: null }],
        }),
        room,
      ),
    ).join('\n');
    expect(text).toContain('state     done: failed, status 400');
    expect(text).toContain('why       It failed with status 400: it broke');
    expect(text).toContain('in_progress, 5 of 10 lines');
    expect(text).toContain('failure   server_error: it broke (body)');
    expect(text).toContain('delivered yes');
    expect(text).toContain('tokens    5 in, 6 out');
    expect(text).toContain('TIMELINE (UTC)');
  });
});

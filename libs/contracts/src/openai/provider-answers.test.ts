import { describe, expect, it } from '@jest/globals';
import { providerBatch } from './provider-batch.ts';
import { resultLine } from './result-line.ts';

describe('what the provider sends', () => {
  const least = { id: 'batch_1', status: 'completed', endpoint: '/v1/responses', created_at: 1 };

  // field 6
  it.each([
    ['missing', {}],
    ['null', { output_file_id: null, error_file_id: null }],
    ['empty', { output_file_id: '', error_file_id: '' }],
  ])('reads a file id that is %s as no file', (_name, ids) => {
    expect(providerBatch.parse({ ...least, ...ids })).toMatchObject({ output_file_id: null, error_file_id: null });
  });

  it('reads a result row that lacks everything but its name', () => {
    expect(resultLine.parse({ custom_id: 'a' })).toEqual({ custom_id: 'a', response: null, error: null });
    expect(resultLine.parse({ custom_id: 'a', response: {} })).toMatchObject({ response: { status_code: 0 } });
  });
});

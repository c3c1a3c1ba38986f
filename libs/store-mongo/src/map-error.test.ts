import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { AppError } from '@batch-gpt/errors';
import mongoose, { mongo } from 'mongoose';
import { duplicatePositions, mapError } from './map-error.ts';

// A bulk error as the driver builds it (mongodb, bulk/common.ts), with what each case needs.
function bulkError(
  writeErrors: readonly (readonly [index: number, code: number])[],
  writeConcernErrors: unknown[] = [],
) {
  const errors = writeErrors.map(([index, code]) => ({ index, code, errmsg: 'refused', op: { body: 'a prompt' } }));
  return new mongo.MongoBulkWriteError(
    { message: 'bulk', code: 11000, writeErrors: errors as unknown as mongo.WriteError[] },
    { getWriteConcernError: () => writeConcernErrors[0] } as unknown as mongo.BulkWriteResult,
  );
}

describe('duplicatePositions', () => {
  it('gives the positions of rows that exist when nothing else went wrong', () => {
    expect(
      duplicatePositions(
        bulkError([
          [0, 11000],
          [3, 11000],
        ]),
      ),
    ).toEqual(new Set([0, 3]));
  });

  it.each<[string, Error]>([
    [
      'another refusal beside it',
      bulkError([
        [0, 11000],
        [1, 121],
      ]),
    ],
    ['a write that no majority has', bulkError([[0, 11000]], [{ code: 64 }])],
    ['a broken connection', new mongo.MongoBulkWriteError(new mongo.MongoNetworkError('reset'), bulkError([]).result)],
    ['no bulk error', new mongo.MongoNetworkError('reset')],
  ])('is null for %s', (_, error) => {
    expect(duplicatePositions(error)).toBeNull();
  });
});

describe('mapError', () => {
  it.each<[string, Error]>([
    ['a broken connection', new mongo.MongoNetworkError('reset')],
    ['a refusal of the server', new mongo.MongoServerError({ message: 'not primary', code: 10107 })],
    ['a bulk write that broke off', bulkError([[1, 91]])],
    ['a client that is closed', new mongo.MongoClientClosedError()],
    ['a connection that is not open', new mongoose.Error.MongooseServerSelectionError('gone')],
    [
      'a socket that the server has ended',
      Object.assign(new Error('This socket has been ended by the other party'), { code: 'EPIPE' }),
    ],
    ['a stream that is closed', Object.assign(new Error('closed'), { code: 'ERR_STREAM_PREMATURE_CLOSE' })],
    ['a name that does not resolve', Object.assign(new Error('querySrv ENOTFOUND'), { syscall: 'querySrv' })],
  ])('takes %s for the database being away', (_, error) => {
    expect(mapError(error)).toMatchObject({ code: 'store_unavailable', cause: { message: error.message } });
  });

  it.each<[string, Error]>([
    ['a field that is not in the schema', new mongoose.Error.StrictModeError('typo')],
    ['an argument that the driver refuses', new mongo.MongoInvalidArgumentError('no operations')],
    ['anything unknown', new TypeError('undefined is not a function')],
  ])('takes %s for a bug', (_, error) => {
    expect(mapError(error)).toMatchObject({ code: 'internal_error' });
  });

  it('names a document that is too large', () => {
    const refusal = new mongo.MongoServerError({ message: 'too large', code: 10334 });
    expect(mapError(refusal)).toMatchObject({ code: 'body_too_large' });
  });

  it('leaves an AppError as it is', () => {
    const error = new AppError('body_too_large', 'too large');
    expect(mapError(error)).toBe(error);
  });

  it('drops the operations that a bulk error carries: they hold prompts', () => {
    expect(inspect(bulkError([[1, 91]]), { depth: 9 })).toContain('a prompt');
    expect(inspect(mapError(bulkError([[1, 91]])), { depth: 9 })).not.toContain('a prompt');
  });
});

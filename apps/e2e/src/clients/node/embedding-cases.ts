import assert from 'node:assert/strict';
import { answerFor } from '@batch-gpt/simulator';
import { z } from 'zod';
import type { NodeCases } from './node-kit.ts';

const model = 'text-embedding-3-small';
const withVectors = z.object({ data: z.array(z.object({ embedding: z.array(z.number()) })) });

/** The vectors that the provider makes of these inputs. */
function vectorsOf(body: { input: string[]; dimensions: number }): readonly (readonly number[])[] {
  const answer = answerFor('/v1/embeddings', { model, ...body, encoding_format: 'float' });
  return withVectors.parse(answer.body).data.map(({ embedding }) => embedding);
}

export const embeddingCases: NodeCases = {
  'embeddings in base64, the default': async ({ client, say }) => {
    const body = { input: [say('one'), say('two')], dimensions: 16 };
    const answer = await client().embeddings.create({ model, ...body });
    // The client asks for base64 by itself and decodes it: what it hands out are the same numbers.
    assert.deepEqual(
      answer.data.map(({ embedding }) => [...embedding]),
      vectorsOf(body),
    );
    assert.ok(answer.usage.prompt_tokens > 0);
  },

  'embeddings as numbers': async ({ client, say }) => {
    const body = { input: [say('one')], dimensions: 8 };
    const answer = await client().embeddings.create({ model, ...body, encoding_format: 'float' });
    assert.deepEqual(
      answer.data.map(({ embedding }) => embedding),
      vectorsOf(body),
    );
  },
};

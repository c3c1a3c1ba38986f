import { describe, expect, it } from '@jest/globals';
import { references, schemaFile, strict } from './openapi-document.ts';

describe('schemas for kubeconform', () => {
  it('lie where its template looks', () => {
    expect(schemaFile({ group: '', version: 'v1', kind: 'Service' })).toBe('v1/service_v1.json');
    expect(schemaFile({ group: 'keda.sh', version: 'v1alpha1', kind: 'ScaledObject' })).toBe(
      'keda.sh/scaledobject_v1alpha1.json',
    );
  });

  it('refuse fields that are not named, at every depth', () => {
    const given = { properties: { spec: { properties: { a: { type: 'string' } } } } };
    expect(strict(given)).toEqual({
      properties: { spec: { properties: { a: { type: 'string' } }, additionalProperties: false } },
      additionalProperties: false,
    });
  });

  it('stay open where the schema is: maps, unknown fields that are kept, no fields at all', () => {
    const open = [
      { properties: { a: {} }, additionalProperties: { type: 'string' } },
      { properties: { a: {} }, 'x-kubernetes-preserve-unknown-fields': true },
      { type: 'object' },
    ];
    expect(strict(open)).toEqual(open);
  });

  it('take a field for a field, whatever it is called', () => {
    expect(strict({ properties: { properties: { type: 'object' }, $ref: { type: 'string' } } })).toMatchObject({
      properties: { properties: { type: 'object' }, $ref: { type: 'string' } },
    });
  });

  it('know what they refer to, and refer to their own definitions', () => {
    const given = { allOf: [{ $ref: '#/components/schemas/a.b' }], items: { $ref: '#/components/schemas/c' } };
    expect(references(given)).toEqual(['a.b', 'c']);
    expect(strict(given)).toEqual({ allOf: [{ $ref: '#/definitions/a.b' }], items: { $ref: '#/definitions/c' } });
  });
});

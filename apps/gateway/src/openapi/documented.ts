import { type JsonSchema } from './schemas.ts';

/** What is used of OpenAPI 3.1 here. Source: https://spec.openapis.org/oas/v3.1.1. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description: string;
    readonly license: { readonly name: string; readonly identifier: string };
  };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Named<Named<DocumentedOperation>>;
  readonly components: {
    readonly schemas: Named<JsonSchema>;
    readonly headers: Named<{ readonly description: string; readonly schema: JsonSchema }>;
    readonly parameters: Named<DocumentedParameter>;
    readonly securitySchemes: Named<Named<string>>;
  };
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly Named<readonly string[]>[];
  readonly parameters: readonly (DocumentedParameter | Reference)[];
  readonly requestBody?: { readonly required: true; readonly content: DocumentedContent };
  /** By status, and `default`. */
  readonly responses: Named<DocumentedAnswer>;
}

export interface DocumentedParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description: string;
  readonly schema: JsonSchema;
}

export interface DocumentedAnswer {
  readonly description: string;
  readonly headers: Named<Reference>;
  readonly content?: DocumentedContent;
}

/** Schemas by media type. */
export type DocumentedContent = Named<{ readonly schema: JsonSchema }>;

interface Reference {
  readonly $ref: string;
}

type Named<T> = Readonly<Record<string, T>>;

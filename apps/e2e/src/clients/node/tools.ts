/** A function that a model may call, as both APIs describe it. */
export const weatherTool = {
  name: 'weather',
  parameters: {
    type: 'object',
    properties: { echo: { type: 'string' } },
    required: ['echo'],
    additionalProperties: false,
  },
  strict: true,
};

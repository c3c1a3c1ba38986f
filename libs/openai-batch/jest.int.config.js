import { serverPreset } from '../../jest.preset.js';

export default serverPreset('openai-batch', 'int');

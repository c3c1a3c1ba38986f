import { serverPreset } from '../../jest.preset.js';

export default serverPreset('e2e', 'crash', 300_000);

import { serverPreset } from '../../jest.preset.js';

export default serverPreset('results', 'int', 120_000);

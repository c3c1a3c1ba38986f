import { serverPreset } from '../../jest.preset.js';

export default serverPreset('local', 'int', 120_000);

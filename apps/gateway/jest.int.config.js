import { serverPreset } from '../../jest.preset.js';

export default serverPreset('gateway', 'int');

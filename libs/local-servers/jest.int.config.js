import { serverPreset } from '../../jest.preset.js';

export default serverPreset('local-servers', 'int');

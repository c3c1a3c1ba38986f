import { serverPreset } from '../../jest.preset.js';

export default serverPreset('e2e', 'e2e', 180_000);

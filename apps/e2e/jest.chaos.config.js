import { serverPreset } from '../../jest.preset.js';

export default serverPreset('e2e', 'chaos', 600_000);

import { serverPreset } from '../../jest.preset.js';

export default serverPreset('e2e', 'schedules', 300_000);

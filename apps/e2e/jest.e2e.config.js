import { serverPreset } from '../../jest.preset.js';

// Its files mostly wait for windows and polls, each on servers of its own: two at a time.
export default serverPreset('e2e', 'e2e', 180_000, 2);

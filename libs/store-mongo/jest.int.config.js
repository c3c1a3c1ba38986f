import { serverPreset } from '../../jest.preset.js';

export default serverPreset('store-mongo', 'int');

import { serverPreset } from '../../jest.preset.js';

export default serverPreset('store-sqlite', 'int');

import { serverPreset } from '../../jest.preset.js';

/** 190 MB, and a process killed in full flight, take their time on a machine with much else to do. */
const testTimeout = 240_000;

export default serverPreset('simulator', 'int', testTimeout);

import { projectPreset } from '../../jest.preset.js';

export default projectPreset('dashboard');

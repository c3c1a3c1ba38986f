import { projectPreset } from '../../jest.preset.js';

export default projectPreset('openai-batch');

import { projectPreset } from '../jest.preset.js';

export default projectPreset('k8s');

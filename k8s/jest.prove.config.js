import { serverPreset } from '../jest.preset.js';

// Not a part of npm test: the API server is built first, which takes minutes.
export default serverPreset('k8s', 'prove', 1_200_000);

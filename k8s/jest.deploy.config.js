import { serverPreset } from '../jest.preset.js';

// Its files run one program after another: two at a time.
export default serverPreset('k8s', 'deploy', 180_000, 2);

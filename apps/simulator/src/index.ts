export { answerFor, type Answer, type AnswerOptions, answerTextFor } from './answers/answer-for.ts';
export { fingerprint } from './answers/canonical-body.ts';
export { type Marker, markerFor, type MarkerName, markers } from './answers/marker.ts';
export { type Usage } from './answers/usage.ts';
export { configSchema, type SimulatorConfig } from './config.ts';
export { createSimulator, type Simulator, type SimulatorOptions } from './create-simulator.ts';
export { type BatchEndpoint, batchEndpoints } from './endpoints.ts';
export { type Fault } from './faults/fault.ts';
export { faultMenu, type FaultName } from './faults/fault-menu.ts';
export {
  type KeyPage,
  type Ledger,
  type LedgerKey,
  type LedgerLine,
  type LedgerPage,
  type LedgerTotals,
} from './ledger.ts';
export { type Control } from './routes/control-routes.ts';
export { type Settings, type SettingsPatch } from './settings.ts';

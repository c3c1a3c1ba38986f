export { createInterval, type IntervalOptions } from './create-interval.ts';
export { createOpsServer, type OpsServer, type OpsServerOptions } from './create-ops-server.ts';
export { closeServer, listen, type ListenAddress } from './http-server.ts';
export { type CheckReadiness, type Readiness } from './readiness.ts';
export { reportDependencies, type Ping } from './report-dependencies.ts';
export { runService, type RunOptions, type Service } from './run-service.ts';
export { type ServiceProcess } from './service-process.ts';
export { sleep } from './sleep.ts';

import './before-ink.ts';

const { runMonitor } = await import('./run-monitor.ts');
process.exitCode = await runMonitor(process);

/** The parts of `process` that a service's life touches, so that tests can pass their own. */
export interface ServiceProcess {
  readonly stderr: { write(text: string): unknown };
  /** There is a parent to talk to, whether or not it is still connected. */
  readonly send?: unknown;
  readonly connected?: boolean | undefined;
  exitCode?: number | string | null | undefined;
  exit(code: number): unknown;
  on(event: string, listener: (...facts: unknown[]) => void): unknown;
  off(event: string, listener: (...facts: unknown[]) => void): unknown;
  getActiveResourcesInfo(): string[];
}

type Packages = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export function installReason(workspace: string): string | null;
export function writeStamp(workspace: string): void;
export function staleEntry(wanted: Packages, installed: Packages): string | null;

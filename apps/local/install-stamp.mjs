// Decides whether `node_modules` is what `package-lock.json` asks for. Runs on any Node from 20 on, without dependencies.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const stampOf = (workspace) => join(workspace, 'node_modules/.batch-gpt-stamp');

/**
 * Why an install is needed, or null. The stamp answers at once; without one that fits (a plain `npm install`, another
 * branch) the record that npm itself leaves in `node_modules` is compared with the lock, package by package.
 */
export function installReason(workspace) {
  const lock = readText(join(workspace, 'package-lock.json'));
  if (lock === null) return readText(hiddenLock(workspace)) === null ? 'nothing is installed' : null;
  const installed = readText(hiddenLock(workspace));
  if (installed === null) return 'nothing is installed';
  if (readText(stampOf(workspace)) === hashOf(lock, installed)) return null;
  const stale = staleEntry(JSON.parse(lock).packages, JSON.parse(installed).packages);
  return stale === null ? null : `${stale} is not as package-lock.json has it`;
}

/** Remembers that what is installed now fits the lock. */
export function writeStamp(workspace) {
  const lock = readText(join(workspace, 'package-lock.json')) ?? '';
  writeFileSync(stampOf(workspace), hashOf(lock, readText(hiddenLock(workspace)) ?? ''));
}

/** The first package that is missing or of another version; optional ones may be missing, other platforms need them. */
export function staleEntry(wanted, installed) {
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const there = installed[path];
    if (there === undefined && (entry.optional || entry.devOptional || entry.peer)) continue;
    if (there === undefined) return path;
    // Where a package came from may differ (a mirror); only for a link is it the thing itself.
    const fields = entry.link ? ['link', 'resolved'] : ['version', 'integrity'];
    if (fields.some((field) => there[field] !== entry[field])) return path;
  }
  return null;
}

// npm writes it last, so an install that was interrupted has none.
const hiddenLock = (workspace) => join(workspace, 'node_modules/.package-lock.json');

// Both, so that neither a new lock nor a later install by hand goes unnoticed.
const hashOf = (lock, installed) => createHash('sha256').update(lock).update('\0').update(installed).digest('hex');

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

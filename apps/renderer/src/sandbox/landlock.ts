import { closeSync, openSync, statSync } from 'node:fs';
import { assertCall, type Kernel } from './kernel.ts';

/** What a path may be used for. Everything below a folder may be used for the same. */
export type PathUse = 'read' | 'execute' | 'write';

/** The bits of file rights, as in `linux/landlock.h`. */
const right = {
  execute: 1 << 0,
  writeFile: 1 << 1,
  readFile: 1 << 2,
  readDirectory: 1 << 3,
};
/** The file rights that each version of the interface knows: 13 at first, then REFER, TRUNCATE and IOCTL_DEV. */
const fileRights = [0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff];
const fileOnly = right.execute | right.writeFile | right.readFile;
const rightsOf: Record<PathUse, number> = {
  read: right.readFile | right.readDirectory,
  execute: right.readFile | right.execute,
  write: right.readFile | right.writeFile,
};
/** TCP bind and connect, since version 4. */
const networkRights = 0b11;
/** Abstract Unix sockets and signals, since version 6. */
const scopes = 0b11;
const versionQuery = 1;
const pathBeneath = 1;
/** `O_PATH`: a descriptor that only names a file. */
const pathOnly = 0o10000000;

/** Returns the version of Landlock's interface; 0 if the kernel has none or a container forbids it. */
export function findLandlock({ call }: Kernel): number {
  return Math.max(0, call('landlock_create_ruleset', 0, 0, versionQuery));
}

/**
 * Restricts this thread, and all that it starts, to the given paths, and forbids TCP, and signals and abstract Unix sockets of
 * other processes as far as `version` of the interface knows them. Paths that do not exist are skipped.
 */
export function restrictPaths(kernel: Kernel, version: number, uses: readonly [path: string, use: PathUse][]): void {
  const handled = fileRights[Math.min(version, fileRights.length - 1)] ?? 0;
  const attributes = new BigUint64Array([
    BigInt(handled),
    BigInt(version >= 4 ? networkRights : 0),
    BigInt(version >= 6 ? scopes : 0),
  ]);
  // An older kernel rejects a structure with fields that it does not know.
  const size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  const ruleset = assertCall('landlock_create_ruleset', kernel.call('landlock_create_ruleset', attributes, size, 0));
  for (const [path, use] of uses) allow(kernel, ruleset, path, rightsOf[use] & handled);
  assertCall('landlock_restrict_self', kernel.call('landlock_restrict_self', ruleset, 0));
  closeSync(ruleset);
}

function allow({ call }: Kernel, ruleset: number, path: string, rights: number): void {
  const status = statSync(path, { throwIfNoEntry: false });
  if (!status) return;
  const descriptor = openSync(path, pathOnly);
  const rule = new DataView(new ArrayBuffer(12));
  rule.setBigUint64(0, BigInt(status.isDirectory() ? rights : rights & fileOnly), true);
  rule.setInt32(8, descriptor, true);
  const added = call('landlock_add_rule', ruleset, pathBeneath, new Uint8Array(rule.buffer), 0);
  closeSync(descriptor);
  assertCall(`landlock_add_rule for ${path}`, added);
}

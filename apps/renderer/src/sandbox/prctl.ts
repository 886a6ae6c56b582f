import { assertCall, type Kernel } from './kernel.ts';

const setNoNewPrivileges = 38;
const readBounding = 23;
const dropBounding = 24;
/** Version 3 of the interface of capset, which takes two sets of 32 capabilities. */
const capabilityVersion = 0x20080522;
const capabilityMax = 63;

/** Makes sure that no program this process starts has more rights than this process, not even a setuid one. */
export function forbidNewPrivileges({ call }: Kernel): void {
  assertCall('PR_SET_NO_NEW_PRIVS', call('prctl', setNoNewPrivileges, 1, 0, 0, 0));
}

/**
 * Drops all capabilities, so that root is a user like any other. The bounding set is dropped first: without it, root would
 * have all capabilities again after the next execve.
 */
export function dropCapabilities({ call }: Kernel): void {
  for (let capability = 0; capability <= capabilityMax; capability++) {
    // Without CAP_SETPCAP this fails. Then this process is not root, or a container has dropped the set.
    if (call('prctl', readBounding, capability, 0, 0, 0) === 1) call('prctl', dropBounding, capability, 0, 0, 0);
  }
  const header = new Uint32Array([capabilityVersion, 0]);
  assertCall('capset', call('capset', header, new Uint32Array(6)));
}

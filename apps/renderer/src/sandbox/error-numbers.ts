import { constants } from 'node:os';

/** The error numbers of refused system calls. */
export const { EACCES, ENOSYS, EPERM } = constants.errno;

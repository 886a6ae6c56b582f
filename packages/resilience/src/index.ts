export { type BackOff, backOff } from './back-off.ts';
export { OutageLog, type OutageLogger } from './outage-log.ts';
export { type RetryOptions, retry } from './retry.ts';
export { shareResult } from './share-result.ts';
export { type ShutdownPhase, shutDown } from './shut-down.ts';
export { type ShutdownLog, type ShutdownSignal, shutdownSignal } from './shutdown-signal.ts';
export { startTimeout, type Timeout } from './start-timeout.ts';
export { waitUntilAvailable } from './wait-until-available.ts';
export { type Deadline, withDeadline } from './with-deadline.ts';

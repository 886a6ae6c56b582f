export { createLogger, type Logger, type LogLevel } from './logger.ts';
export { onceTold, type Told } from './once-told.ts';
export { type ShutdownPhase, shutDown } from './shut-down.ts';

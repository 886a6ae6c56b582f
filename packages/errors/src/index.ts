export { AppError, type AppErrorOptions, type FieldError } from './app-error.ts';
export {
  type ErrorCode,
  isJobErrorCode,
  type JobErrorCode,
  jobErrorCodes,
  type RequestErrorCode,
} from './error-code.ts';
export { type Deadline, withDeadline } from './with-deadline.ts';

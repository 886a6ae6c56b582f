export { AppError, type AppErrorOptions, type FieldError } from './app-error.ts';
export {
  type ErrorCode,
  internalErrorMessage,
  isJobErrorCode,
  type JobErrorCode,
  jobErrorCodes,
  type RequestErrorCode,
} from './error-code.ts';
export { parseErrorCode, parseJobErrorCode } from './parse-error-code.ts';

import { S3ServiceException } from '@aws-sdk/client-s3';

/** An error status that S3 answered to a request which was sent without the SDK. */
export class S3ErrorResponse extends Error {
  override readonly name = 'S3ErrorResponse';
  readonly status: number;
  /** The error code of S3, such as `NoSuchBucket`. */
  readonly code: string | undefined;

  constructor(status: number, code: string | undefined) {
    super(`S3 answered ${status} ${code ?? ''}`);
    this.status = status;
    this.code = code;
  }
}

/** Reads the error code from an error response. */
export async function readErrorResponse(response: Response): Promise<S3ErrorResponse> {
  const [, code] = /<Code>(\w+)<\/Code>/.exec(await response.text()) ?? [];
  return new S3ErrorResponse(response.status, code);
}

/** Reports whether S3 answered that the object does not exist. False when the bucket does not exist. */
export function isMissingObject(error: unknown): boolean {
  const code = error instanceof S3ErrorResponse ? error.code : error instanceof Error && error.name;
  return hasStatus(error, 404) && code !== 'NoSuchBucket';
}

/** Reports whether S3 answered with this HTTP status. */
export function hasStatus(error: unknown, status: number): boolean {
  if (error instanceof S3ErrorResponse) return error.status === status;
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;
}

/** Reports whether another try may succeed: after a connection error, a 429 or a 5xx. */
export const isTransient = (error: unknown): boolean =>
  !(error instanceof S3ErrorResponse) || error.status >= 500 || error.status === 429;

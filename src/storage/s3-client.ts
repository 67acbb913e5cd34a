import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

export interface S3Settings {
  bucket: string;
  region: string;
  /** Another S3 than AWS's, by path style; null is AWS. */
  endpoint: string | null;
  /** Where clients reach the same store, for presigned URLs; null is the endpoint itself. */
  publicEndpoint: string | null;
  /** Null leaves it to the SDK: a profile, or the role of the machine. */
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
}

// The SDK's word to who develops with it, on Node 20, is not for who operates this service.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

/** Tries of one call: with the SDK's pauses some seconds; a longer outage is UNAVAILABLE. */
const MAX_ATTEMPTS = 4;
const CONNECTION_TIMEOUT_MS = 5_000;

/** A client of the SDK. @param handler how its HTTP handler is to be, beside what all have in common */
export function createS3Client(
  { region, credentials }: S3Settings,
  endpoint: string | null,
  handler: S3ClientConfig['requestHandler'] & object,
): S3Client {
  return new S3Client({
    region,
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, ...handler },
    // Other servers than AWS's do not all know the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint && { endpoint, forcePathStyle: true }),
    ...(credentials && { credentials }),
  });
}

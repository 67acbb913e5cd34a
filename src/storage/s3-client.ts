import { createHash } from 'node:crypto';
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
  const client = new S3Client({
    region,
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, ...handler },
    // Other servers than AWS's do not all know the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint && { endpoint, forcePathStyle: true }),
    ...(credentials && { credentials }),
  });
  sumDeletionsByMd5(client);
  return client;
}

/**
 * Removing many objects is the one call of ours that needs a checksum. The SDK gives it one of the newer ones; MinIO till
 * 2025, and others, want Content-MD5 and refuse it. AWS takes either.
 */
function sumDeletionsByMd5(client: S3Client): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'DeleteObjectsCommand') return next(args);
        // What the SDK calls unknown: its HTTP request, with the XML as its body.
        const request = args.request as { headers: Record<string, string>; body: string };
        for (const name of Object.keys(request.headers)) {
          if (/^x-amz-(sdk-)?checksum-/i.test(name)) delete request.headers[name];
        }
        request.headers['content-md5'] = createHash('md5').update(request.body).digest('base64');
        return next(args);
      },
    // After the SDK's own checksum, which has the step's usual priority, and before the signature.
    { step: 'build', priority: 'low', name: 'sumDeletionsByMd5' },
  );
}

import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type S3Client,
  type _Error as S3Error,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { AppError, type Outage, unavailable } from '../domain/errors.js';
import { OWNER_KEY, REQUESTS_PREFIX, UPLOADS_PREFIX } from './keys.js';
import { objectBody } from './object-body.js';
import { objectHeaders } from './object-headers.js';
import { type ByteRange, type ListedObject, ObjectNotFoundError, type ObjectStorage } from './object-storage.js';
import { createS3Client, type S3Settings } from './s3-client.js';
import { withProbe } from './with-probe.js';

/** Parts of an upload of unknown length: S3's least size, two on their way at once. */
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_AT_ONCE = 2;
/** What DeleteObjects takes at once. */
const DELETE_AT_ONCE = 1_000;
/** For how long a presigned URL gives its object, in seconds. */
const PRESIGNED_S = 3_600;

/** For how long the store may be silent, in milliseconds. */
const SILENCE_MS = 30_000;

/**
 * Objects in a bucket of S3, or of a server that speaks its protocol.
 * @param silenceMs for how long it may be silent where an answer, or more of one, is waited for
 */
export function createS3Storage(settings: S3Settings, silenceMs = SILENCE_MS): ObjectStorage {
  const { bucket: Bucket } = settings;
  // The silence is limited, not the whole: a large object on a thin line takes its time.
  const client = createS3Client(settings, settings.endpoint, { socketTimeout: silenceMs });
  // A limit of the socket would count while who reads has enough, too; so it is for the answer's head, and of the body
  // `objectBody` tells the two apart. Each slow reader holds a socket: they stand in nobody's way, and have no number.
  const reader = createS3Client(settings, settings.endpoint, {
    requestTimeout: silenceMs,
    throwOnRequestTimeout: true,
    httpAgent: { maxSockets: Infinity },
    httpsAgent: { maxSockets: Infinity },
  });
  // Signing is arithmetic: this client never connects.
  const signer = createS3Client(settings, settings.publicEndpoint ?? settings.endpoint, {});
  const headersOf = (key: string) => {
    const { contentType, cacheControl, contentDisposition } = objectHeaders(key);
    return { ContentType: contentType, CacheControl: cacheControl, ContentDisposition: contentDisposition };
  };

  return withProbe({
    async put(key, body) {
      const object = { Bucket, Key: key, ...headersOf(key) };
      if (body instanceof Uint8Array) {
        await orUnavailable(client.send(new PutObjectCommand({ ...object, Body: body })));
        return { bytes: body.byteLength };
      }
      let bytes = 0;
      async function* counted(chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          bytes += chunk.byteLength;
          yield chunk;
        }
      }
      // Parts of an upload that fails are removed by it.
      const params = { ...object, Body: Readable.from(counted(body), { objectMode: false }) };
      const upload = new Upload({ client, params, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE });
      await orUnavailable(upload.done());
      return { bytes };
    },
    async get(key, range) {
      try {
        const found = await reader.send(new GetObjectCommand({ Bucket, Key: key, Range: rangeHeader(range) }));
        // In Node the SDK's body is the answer itself.
        const body = objectBody(found.Body as IncomingMessage, silenceMs);
        return { bytes: found.ContentLength ?? 0, lastModified: found.LastModified ?? new Date(0), body };
      } catch (error) {
        throw isMissing(error) ? new ObjectNotFoundError(key) : translate(error);
      }
    },
    async head(key) {
      try {
        const found = await client.send(new HeadObjectCommand({ Bucket, Key: key }));
        return { bytes: found.ContentLength ?? 0, lastModified: found.LastModified ?? new Date(0) };
      } catch (error) {
        if (isMissing(error)) return null;
        // Its refusal has no body, so no name: of a question so plain only who asks can be wrong.
        if (statusOf(error) === 400) throw unavailable('object store', error, 'denied');
        throw translate(error);
      }
    },
    async delete(keys) {
      for (let from = 0; from < keys.length; from += DELETE_AT_ONCE) {
        const Objects = keys.slice(from, from + DELETE_AT_ONCE).map((Key) => ({ Key }));
        const command = new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } });
        const { Errors } = await orUnavailable(client.send(command));
        const [first] = (Errors ?? []).filter(({ Code }) => Code !== 'NoSuchKey');
        if (first) throw notDeleted(first);
      }
    },
    list: (prefix) => listPages(client, Bucket, prefix),
    folders: (prefix) => listFolders(client, Bucket, prefix),
    removeUnfinished: (before) => abortUploads(client, Bucket, before),
    async presign(key) {
      const command = new GetObjectCommand({ Bucket, Key: key });
      return { url: await getSignedUrl(signer, command, { expiresIn: PRESIGNED_S }), seconds: PRESIGNED_S };
    },
    async check() {
      // By the same right as a HEAD of the bucket, whose answer has no body, and with it no word of what is wrong.
      await orUnavailable(client.send(new ListObjectsV2Command({ Bucket, Prefix: OWNER_KEY, MaxKeys: 1 })));
    },
    async close() {
      client.destroy();
      reader.destroy();
    },
  });
}

async function* listPages(client: S3Client, Bucket: string, Prefix: string): AsyncGenerator<ListedObject[]> {
  for await (const page of readPages(client, { Bucket, Prefix })) {
    const objects = (page.Contents ?? []).flatMap(({ Key, Size, LastModified }): ListedObject[] =>
      Key ? [{ key: Key, bytes: Size ?? 0, lastModified: LastModified ?? new Date(0) }] : [],
    );
    if (objects.length > 0) yield objects;
  }
}

async function* listFolders(client: S3Client, Bucket: string, Prefix: string): AsyncGenerator<string[]> {
  for await (const { CommonPrefixes } of readPages(client, { Bucket, Prefix, Delimiter: '/' })) {
    const folders = (CommonPrefixes ?? []).flatMap((folder) => folder.Prefix ?? []);
    if (folders.length > 0) yield folders;
  }
}

async function* readPages(
  client: S3Client,
  query: ListObjectsV2CommandInput,
): AsyncGenerator<ListObjectsV2CommandOutput> {
  for (let ContinuationToken: string | undefined, more = true; more; more = ContinuationToken !== undefined) {
    const page = await orUnavailable(client.send(new ListObjectsV2Command({ ...query, ContinuationToken })));
    yield page;
    ContinuationToken = page.NextContinuationToken;
  }
}

/** Parts of an upload of unknown length stay, and cost, until it is completed or aborted. */
async function abortUploads(client: S3Client, Bucket: string, before: Date): Promise<void> {
  for (let next: Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'> | null = {}; next; ) {
    const page: ListMultipartUploadsCommandOutput = await orUnavailable(
      client.send(new ListMultipartUploadsCommand({ Bucket, ...next })),
    );
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      const isOurs = Key?.startsWith(UPLOADS_PREFIX) || Key?.startsWith(REQUESTS_PREFIX);
      if (!isOurs || !Initiated || Initiated >= before) continue;
      await orUnavailable(client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId })));
    }
    next = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } : null;
  }
}

function rangeHeader(range: ByteRange | undefined): string | undefined {
  return range && `bytes=${range.start}-${range.end}`;
}

function isMissing(error: unknown): boolean {
  return statusOf(error) === 404 && (error as Error).name !== 'NoSuchBucket';
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    throw translate(error);
  });
}

/** What the store itself does not do now (no answer, an error of its own, no right, no room) it may do later. */
function translate(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const outage = outageOf(error);
  return outage ? unavailable('object store', error, outage) : error;
}

/** An object that stays says why by a code, without a status of its own. */
function notDeleted({ Key, Code = '' }: S3Error): unknown {
  const error = new Error(`${Key}: ${Code}`);
  error.name = Code;
  return unavailable('object store', error, outageOf(error) ?? 'unreachable');
}

/** What passes, though its status says that the request itself was wrong: a bucket that is made again, a new token. */
const PASSING = /^(NoSuchBucket|RequestTimeout|RequestTimeTooSkewed|SlowDown|OperationAborted)$/;
/** Of S3, MinIO, Ceph and others, each with a status of its own. */
const FULL = /quota|storagefull|insufficientstorage|notenoughspace/i;
const DENIED = /^(AccessDenied|ExpiredToken|InvalidToken|TokenRefreshRequired|CredentialsProviderError)$/;

function outageOf(error: Error): Outage | null {
  const status = statusOf(error);
  if (FULL.test(error.name) || status === 507) return 'full';
  if (DENIED.test(error.name) || status === 401 || status === 403) return 'denied';
  if (PASSING.test(error.name) || status === 408 || status === 429) return 'unreachable';
  if (status !== undefined && status >= 400 && status < 500) return null;
  return '$metadata' in error || 'code' in error ? 'unreachable' : null;
}

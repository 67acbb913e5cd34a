import type { FileUpload } from 'graphql-upload-minimal';
import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import { AppError } from '../../domain/errors.js';
import { parseExpiry } from '../../domain/parse-expiry.js';
import { parseOptions } from '../../domain/parse-options.js';
import type { UploadedFile } from '../../requests/read-upload.js';
import { authorise, type GraphQLContext } from '../context.js';
import { UploadScalar } from '../scalars.js';
import { CheckCsvPayload, DeleteRequestPayload, RequestPayload, UploadCsvPayload } from '../types/payloads.js';
import { UploadOptions } from '../types/upload-options.js';

const FILE = 'A CSV or an .xlsx, as a file of a multipart request.';
const ID_OF = 'Of the request.';

@Resolver()
export class MutationResolver {
  @Mutation(() => UploadCsvPayload, {
    description:
      'Take a CSV of products. The answer comes as soon as the file is checked and stored; the work goes on behind it.',
  })
  async uploadCsv(
    @Ctx() context: GraphQLContext,
    @Arg('file', () => UploadScalar, { description: FILE }) file: Promise<FileUpload>,
    @Arg('options', () => UploadOptions, { nullable: true, description: 'How to work on it.' })
    options?: UploadOptions | null,
  ): Promise<UploadCsvPayload> {
    const settings = { options: parseOptions(options ?? {}), expiresAt: parseExpiry(options?.expiresAt) };
    const owner = authorise(context);
    const upload = { ...(await opened(file)), idempotencyKey: options?.idempotencyKey ?? null };
    const { request, errors, errorCount } = await context.requests.uploadCsv(owner, upload, settings);
    return { request: request && context.present.request(request), userErrors: errors, userErrorCount: errorCount };
  }

  @Mutation(() => CheckCsvPayload, { description: 'Check a CSV as `uploadCsv` would, and keep nothing of it.' })
  async checkCsv(
    @Ctx() context: GraphQLContext,
    @Arg('file', () => UploadScalar, { description: FILE }) file: Promise<FileUpload>,
  ): Promise<CheckCsvPayload> {
    authorise(context);
    const { errors, errorCount, ...found } = await context.requests.checkCsv(await opened(file));
    return { ...found, userErrors: errors, userErrorCount: errorCount };
  }

  @Mutation(() => RequestPayload, { description: 'Stop the work on a request. Images already finished stay.' })
  async cancelRequest(
    @Ctx() context: GraphQLContext,
    @Arg('id', () => ID, { description: ID_OF }) id: string,
  ): Promise<RequestPayload> {
    return { request: context.present.request(await context.requests.cancelRequest(authorise(context), id)) };
  }

  @Mutation(() => RequestPayload, {
    description:
      'Try the failed images of an ended request again: it is PROCESSING again, and `revision` goes on from where it was.',
  })
  async retryFailedImages(
    @Ctx() context: GraphQLContext,
    @Arg('id', () => ID, { description: ID_OF }) id: string,
  ): Promise<RequestPayload> {
    return { request: context.present.request(await context.requests.retryFailedImages(authorise(context), id)) };
  }

  @Mutation(() => DeleteRequestPayload, {
    description: 'Remove a request that has ended, with its products and its stored files.',
  })
  async deleteRequest(
    @Ctx() context: GraphQLContext,
    @Arg('id', () => ID, { description: ID_OF }) id: string,
  ): Promise<DeleteRequestPayload> {
    return { id: await context.requests.deleteRequest(authorise(context), id) };
  }

  @Mutation(() => RequestPayload, {
    description:
      'Tell the webhook of an ended request again, whatever became of it before; its `webhook-id` is the same.',
  })
  async redeliverWebhook(
    @Ctx() context: GraphQLContext,
    @Arg('id', () => ID, { description: ID_OF }) id: string,
  ): Promise<RequestPayload> {
    return { request: context.present.request(await context.requests.redeliverWebhook(authorise(context), id)) };
  }
}

/** @throws AppError where the client broke off, or the document asks for its file a second time */
async function opened(file: Promise<FileUpload>): Promise<UploadedFile> {
  try {
    const { filename, createReadStream } = await file;
    // A part without a name of a file is one by its type.
    return { fileName: filename ?? 'upload.csv', stream: createReadStream() };
  } catch {
    throw new AppError('BAD_USER_INPUT', 'The file cannot be read: it is broken off, or was read before.');
  }
}

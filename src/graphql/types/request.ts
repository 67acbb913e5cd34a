import { Field, Float, Int, ObjectType } from 'type-graphql';
import { CsvDialect } from '../../domain/csv-dialect.js';
import { RequestStatus } from '../../domain/request-status.js';
import { DateTimeScalar, SafeIntScalar, UrlScalar } from '../scalars.js';
import { Node } from './node.js';
import { ProcessingError } from './processing-error.js';
import { RequestBytes, RequestCounts, RequestOptions, RequestSimilarity, WebhookDelivery } from './request-parts.js';

@ObjectType({ description: 'One uploaded CSV.', implements: Node })
export class Request extends Node {
  @Field(() => RequestStatus, { description: 'How far it has come.' })
  status!: RequestStatus;

  @Field(() => Int, { description: 'Goes up with every change; order two views of one request by it.' })
  revision!: number;

  @Field(() => String, { description: 'The name that the file was uploaded under.' })
  fileName!: string;

  @Field(() => SafeIntScalar, { description: 'The size of the uploaded file.' })
  fileBytes!: number;

  @Field(() => DateTimeScalar, { description: 'When it was taken.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When a worker began with it.' })
  startedAt!: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it reached its terminal state.' })
  finishedAt!: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'When it goes, with its products and stored files: as its upload asked, or some days after its end, as the service is set, whichever comes first. Null where nothing says when.',
  })
  expiresAt!: Date | null;

  @Field(() => RequestCounts, { description: 'How many images have come how far.' })
  counts!: RequestCounts;

  @Field(() => RequestBytes, { description: 'What was saved.' })
  bytes!: RequestBytes;

  @Field(() => RequestSimilarity, {
    nullable: true,
    description: 'How like their originals the results are; null where none was measured.',
  })
  similarity!: RequestSimilarity | null;

  @Field(() => Float, { description: '0 to 1; 1 exactly when the status is terminal.' })
  progress!: number;

  @Field(() => Float, { nullable: true, description: 'Images ended a second, since it was begun or opened again.' })
  imagesPerSecond!: number | null;

  @Field(() => Int, { nullable: true, description: 'At that rate; null while it is not known.' })
  estimatedSecondsLeft!: number | null;

  @Field(() => RequestOptions, { description: 'What was asked for.' })
  options!: RequestOptions;

  @Field(() => CsvDialect, { description: 'Whose columns the file has.' })
  dialect!: CsvDialect;

  @Field(() => [String], {
    description: 'The headers of the columns whose cells are options for their row, over `options`.',
  })
  optionColumns!: string[];

  @Field(() => UrlScalar, { description: 'The file as it was uploaded.' })
  inputCsvUrl!: string;

  @Field(() => Int, { description: 'Rows left out of the file (SKIP_ROW).' })
  skippedRowCount!: number;

  @Field(() => Int, { description: 'How many things were repaired on reading the file.' })
  warningCount!: number;

  @Field(() => UrlScalar, {
    nullable: true,
    description:
      'The input file with the column `Output Image Urls` added, or with its URLs replaced (`replaceUrls`); null until the request has ended.',
  })
  outputCsvUrl!: string | null;

  @Field(() => UrlScalar, {
    nullable: true,
    description: 'A ZIP of the images that were made, named by product and position; null until the request has ended.',
  })
  resultsZipUrl!: string | null;

  @Field(() => UrlScalar, {
    nullable: true,
    description:
      'The rows that were left out, or have an image that was not made, with the reason: to be mended and uploaded again; null until the request has ended.',
  })
  errorsCsvUrl!: string | null;

  @Field(() => ProcessingError, { nullable: true, description: 'Why the whole request failed; null otherwise.' })
  error!: ProcessingError | null;

  @Field(() => WebhookDelivery, { nullable: true, description: 'The webhook that was asked for; null if none was.' })
  webhook!: WebhookDelivery | null;
}

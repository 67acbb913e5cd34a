import type { Readable } from 'node:stream';

/** A file of a multipart request, as the scalar `Upload` gives it to a resolver. */
export class UploadedFile {
  readonly fileName: string;
  /** Can be read once; what nobody reads is thrown away when the answer has been sent. */
  readonly stream: Readable;

  constructor(fileName: string, stream: Readable) {
    this.fileName = fileName;
    this.stream = stream;
  }
}

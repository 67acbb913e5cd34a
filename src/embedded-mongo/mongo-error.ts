/** An error as MongoDB's servers answer it: a number and its name, from the server's own table of codes. */
export class MongoError extends Error {
  readonly code: number;
  readonly codeName: string;
  /** Further fields of the answer (`keyPattern` of a duplicate key). */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(codeName: keyof typeof CODES, message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'MongoError';
    this.code = CODES[codeName];
    this.codeName = codeName;
    this.fields = fields;
  }
}

const CODES = {
  InternalError: 1,
  BadValue: 2,
  FailedToParse: 9,
  TypeMismatch: 14,
  Overflow: 15,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  CursorNotFound: 43,
  CommandNotFound: 59,
  ImmutableField: 66,
  IndexKeySpecsConflict: 86,
  DuplicateKey: 11_000,
  BSONObjectTooLarge: 10_334,
  OutOfDiskSpace: 14_031,
} as const;

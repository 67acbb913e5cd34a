/** The URLs that are given out. */
export interface Urls {
  /** Where GraphQL is spoken. */
  graphql: string;
  /** A stored object: from here, or from `ASSET_BASE_URL`. */
  object(key: string): string;
  status(requestId: string): string;
  inputCsv(requestId: string): string;
  outputCsv(requestId: string): string;
  errorsCsv(requestId: string): string;
  resultsZip(requestId: string): string;
}

/** @param publicUrl what stands before every path of this service, without a slash at its end */
export function createUrls(publicUrl: string, assetBaseUrl: string | null): Urls {
  return {
    graphql: `${publicUrl}/graphql`,
    object: (key) => `${assetBaseUrl ?? `${publicUrl}/objects`}/${key}`,
    status: (requestId) => `${publicUrl}/api/status/${requestId}`,
    inputCsv: (requestId) => `${publicUrl}/api/requests/${requestId}/input.csv`,
    outputCsv: (requestId) => `${publicUrl}/api/requests/${requestId}/output.csv`,
    errorsCsv: (requestId) => `${publicUrl}/api/requests/${requestId}/errors.csv`,
    resultsZip: (requestId) => `${publicUrl}/api/requests/${requestId}/results.zip`,
  };
}

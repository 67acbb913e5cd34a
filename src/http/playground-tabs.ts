interface Tab {
  query: string;
  variables?: string;
}

/** What the id of a request is replaced by, until one has been made. */
const SOME_ID = JSON.stringify({ id: 'the id of a request' }, null, 2);

/** The operations that the playground opens with: the way of a CSV, from the upload to the live status. */
export function playgroundTabs(endpoint: string): Tab[] {
  return [
    { query: upload(endpoint) },
    { query: READ, variables: SOME_ID },
    { query: WATCH, variables: SOME_ID },
    { query: LIST },
  ];
}

/** A file cannot be sent from here, so the tab says how it is sent, and shows what was made of it. */
const upload = (endpoint: string) => `# Upload a CSV. The playground sends no files:
# paste this into a terminal, without the marks before it.
#
# curl ${endpoint} \\
#   -H 'apollo-require-preflight: true' \\
#   -F operations='{"variables":{"file":null},"query":"mutation($file: Upload!) { uploadCsv(file: $file, options: {format: WEBP}) { request { id } userErrors { row column message } } }"}' \\
#   -F map='{"0":["variables.file"]}' \\
#   -F 0=@products.csv
#
# Where API keys are on, also
#   -H 'authorization: Bearer KEY'
# and the same under “Headers” below, as JSON.
#
# Then run this: the newest request is yours.
# Its id goes into the variables of the other tabs.

query uploadByCurl {
  requests(first: 1) {
    nodes {
      id
      fileName
      status
      createdAt
    }
  }
}
`;

const READ = `# One request: how far it is, and its first products with their images.

query request($id: ID!) {
  request(id: $id) {
    status
    progress
    counts {
      total
      completed
      failed
    }
    bytes {
      saved
    }
    outputCsvUrl
    products(first: 10) {
      nodes {
        serialNumber
        name
        images {
          status
          compressed {
            url
            bytes
          }
          error {
            code
            message
          }
        }
      }
    }
  }
}
`;

const WATCH = `# One request, live: the present state first, then every step, then the end.

subscription requestStatus($id: ID!) {
  requestStatus(id: $id) {
    request {
      status
      progress
      revision
      counts {
        total
        completed
        failed
      }
    }
    finishedImages {
      sourceUrl
      compressed {
        url
        bytes
      }
    }
  }
}
`;

const LIST = `# The newest requests, whatever became of them.

query requests {
  requests(first: 5) {
    nodes {
      id
      fileName
      status
      progress
    }
    totalCount
  }
}
`;

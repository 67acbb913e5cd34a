import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface WebhookReceiver {
  url: string;
  /** Ids of messages by the request and the state that they told. */
  seen: Map<string, Map<string, Set<string>>>;
  close(): Promise<void>;
}

/** Takes every second message only, so that each is sent again. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const seen: WebhookReceiver['seen'] = new Map();
  const refused = new Set<string>();
  const server = createServer(async (request, response) => {
    const { type, data } = (await json(request)) as { type: string; data: { requestId: string } };
    const id = String(request.headers['webhook-id']);
    if (!refused.has(id)) {
      refused.add(id);
      response.writeHead(500).end();
      return;
    }
    const byType = seen.get(data.requestId) ?? new Map<string, Set<string>>();
    seen.set(data.requestId, byType.set(type, (byType.get(type) ?? new Set()).add(id)));
    response.end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    seen,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

import { createServer } from 'node:http';

/** Hosts of one machine, 127.0.0.1 and the next, which answer as told; their URLs, without a path. */
export async function startOrigin(hosts, answer) {
  const servers = await Promise.all(
    Array.from({ length: hosts }, async (_, index) => {
      const server = createServer(answer);
      await new Promise((listening) => server.listen(0, `127.0.0.${index + 1}`, listening));
      return server;
    }),
  );
  return {
    hosts: servers.map((server) => `http://${server.address().address}:${server.address().port}`),
    close() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

/** Answers with the picture of the number in the URL, over and over from the first. */
export function picturesByNumber(pictures) {
  return (request, response) => {
    const index = Number(/\d+/.exec(request.url)?.[0] ?? 0);
    response.writeHead(200, { 'content-type': 'image/jpeg' }).end(pictures[index % pictures.length]);
  };
}

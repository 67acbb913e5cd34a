// What bench/start-up.js and bench/load/queries.js compare with: Apollo Server as it comes, with the service's schema,
// answering with the fields of ROOT whatever it is asked for.
import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

const typeDefs = readFileSync(new URL('../schema/schema.graphql', import.meta.url), 'utf8');
const server = new ApolloServer({ typeDefs, rootValue: JSON.parse(process.env.ROOT) });
const { url } = await startStandaloneServer(server, {
  listen: { host: '127.0.0.1', port: Number(process.env.PORT ?? 0) },
});
console.log(JSON.stringify({ msg: 'ready', url: url.replace(/\/$/, '') }));

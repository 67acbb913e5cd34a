// What bench/load/queries.js measures against: Apollo Server as it comes, with the service's schema, answering the
// request of its environment to whatever id.
import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSchema } from 'graphql';

const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));
const constant = JSON.parse(process.env.REQUEST);
const server = new ApolloServer({ schema, rootValue: { request: () => constant } });
const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
console.log(JSON.stringify({ msg: 'ready', url: url.replace(/\/$/, '') }));

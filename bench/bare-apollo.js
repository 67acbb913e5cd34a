// What bench/start-up.js compares with: Apollo Server alone, with this schema and constant answers.
import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

const typeDefs = readFileSync(new URL('../schema/schema.graphql', import.meta.url), 'utf8');
const requests = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
const server = new ApolloServer({ typeDefs, resolvers: { Query: { requests: () => requests } } });
await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: Number(process.env.PORT) } });

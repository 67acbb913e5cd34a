import { readFileSync, writeFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { configurationPage } from './configuration.js';
import { graphqlReference } from './graphql-reference.js';
import { installedPackages, licencesPage } from './licences.js';

/** Writes the pages of docs/ that are made from the code; they are committed, and compared by test/unit/docs.test.ts. */
const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const read = (path: string) => readFileSync(at(path), 'utf8');

writeFileSync(at('docs/configuration.md'), configurationPage(read('.env.example')));
writeFileSync(at('docs/reference-graphql.md'), graphqlReference(buildSchema(read('schema/schema.graphql'))));
writeFileSync(at('docs/licences.md'), licencesPage(installedPackages(at(''))));

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { createSchema } from './schema.js';

/** A step of the build: writes schema/schema.graphql, which is committed and compared in CI. */
const target = fileURLToPath(new URL('../../schema/schema.graphql', import.meta.url));
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, `${printSchema(lexicographicSortSchema(createSchema()))}\n`);

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSchema } from 'graphql';
import { configurationPage, namesIn, readExample } from '../../docs/generate/configuration.js';
import { graphqlReference } from '../../docs/generate/graphql-reference.js';
import { installedPackages, licencesPage } from '../../docs/generate/licences.js';
import { ERROR_STATUS } from '../../src/domain/errors.js';
import { ProcessingErrorCode } from '../../src/domain/processing-error.js';
import { brokenLinks, docBlocks } from '../support/doc-blocks.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const packages = installedPackages(pathToFileURL(root));

describe('the pages that are made from the code (npm run build:docs)', () => {
  it('tell of the settings that config.ts reads, and of no others', () => {
    const names = namesIn(read('src/config.ts'));
    expect(names.length).toBeGreaterThan(40);
    expect(
      readExample(read('.env.example'))
        .map(({ name }) => name)
        .sort(),
    ).toEqual(names.sort());
  });

  it('have the settings as they are', () => {
    expect(read('docs/configuration.md')).toBe(configurationPage(read('.env.example')));
  });

  it('are not made where .env.example has another default than the code', () => {
    expect(() => configurationPage('# The port.\n#PORT=4001')).toThrow('PORT=4001');
    expect(() => configurationPage('#PORT=4000')).toThrow('does not say what PORT is');
  });

  it('have the GraphQL schema as it is', () => {
    expect(read('docs/reference-graphql.md')).toBe(graphqlReference(buildSchema(read('schema/schema.graphql'))));
  });

  it('have the licence of each package that may be installed', () => {
    expect(read('docs/licences.md')).toBe(licencesPage(packages));
  });
});

describe('the licences of what is installed', () => {
  it('ask for no more than to be named, but that of libvips, which is a library of its own', () => {
    const free = /^(MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|BlueOak-1\.0\.0|Unlicense)$/;
    const others = packages.filter(({ name, licence }) => {
      const parts = licence.split(/ AND |[()]/).filter(Boolean);
      return !parts.every(
        (part) => free.test(part) || (part === 'LGPL-3.0-or-later' && name.startsWith('@img/sharp-')),
      );
    });
    expect(others).toEqual([]);
  });
});

describe('the pages that are written by hand', () => {
  it('name each route of src/http', () => {
    const page = read('docs/reference-rest.md');
    const missing = routes().filter((route) => !page.includes(route));
    expect(routes()).toContain('/status/:requestId/events');
    expect(missing).toEqual([]);
  });

  it('have a row for each code of an error, with its HTTP status, and no others', () => {
    const page = read('docs/troubleshooting.md');
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` +\|(?: (\d{3}) +\|)?/gm)];
    const known = [...Object.entries(ERROR_STATUS), ...Object.keys(ProcessingErrorCode).map((code) => [code])];
    expect(rows.map(([, ...told]) => told.filter(Boolean).join(' ')).sort()).toEqual(
      known.map((told) => told.join(' ')).sort(),
    );
  });

  it('have a row for each warning and error of the log that does not say itself what follows', () => {
    const logged = sources('src').flatMap((path) =>
      [...read(path).matchAll(/\blog\.(?:warn|error)\(\{[^;']*\},\s*'([^']+)'/g)].map(([, event = '']) => event),
    );
    const [, table = ''] = read('docs/observability.md').split('## Logs');
    const rows = [...table.matchAll(/^\| ([^|]+?) +\| (?:info|warn|error) /gm)];
    // Not split: an event may have a comma in its name.
    const told = `, ${rows.map(([, events]) => events).join(', ')},`;
    const isSentence = (event: string) => /[:;]/.test(event);
    expect(logged.length).toBeGreaterThan(25);
    expect(logged.filter((event) => !isSentence(event) && !told.includes(`, ${event},`))).toEqual([]);
  });

  it('have a row for each alert', () => {
    const alerts = [...read('docs/observability/alerts.yml').matchAll(/alert: (\w+)/g)].map(([, alert]) => alert);
    const rows = [...read('docs/observability.md').matchAll(/^\| (Pixelpress\w+) /gm)].map(([, alert]) => alert);
    expect(alerts.length).toBeGreaterThan(10);
    expect(rows.sort()).toEqual(alerts.sort());
  });

  it('quote the sentences of the service as they are', () => {
    const code = [...sources('src'), ...sources('dashboard/src')]
      .map(read)
      .join('')
      .replaceAll(/['`] \+\s+['`]/g, '');
    const lines = read('docs/troubleshooting.md').split('\n');
    const quoted = lines.flatMap((line) => line.split('`').filter((_, place) => place % 2 === 1));
    // Parted where the service fills in a name, a number or an address.
    const fixed = quoted.flatMap((text) => text.split(/…|^[A-Z_]+ |\d[\d.]*|MONGODB_URI names|worker: the embedded/));
    const sentences = fixed
      .map((text) => text.trim())
      .filter((text) => /^(?!pixelpress )[A-Za-z]\S* \S+ \S/.test(text));
    expect(sentences.length).toBeGreaterThan(15);
    expect(sentences.filter((text) => !code.includes(text))).toEqual([]);
  });
});

describe('CHANGELOG.md', () => {
  it('has the form of Keep a Changelog, and begins with what is not released or with this version', () => {
    const changes = read('CHANGELOG.md');
    const versions = [...changes.matchAll(/^## (.*)$/gm)].map(([, heading = '']) => heading);
    const kinds = [...changes.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
    const { version } = JSON.parse(read('package.json'));
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect([`[Unreleased]`, `[${version}]`]).toContain(versions[0]?.split(' - ')[0]);
    for (const heading of versions) expect(heading).toMatch(/^\[(Unreleased|\d+\.\d+\.\d+)\]( - \d{4}-\d\d-\d\d)?$/);
    expect(['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security']).toEqual(expect.arrayContaining(kinds));
  });
});

describe('docs/ARCHITECTURE.md', () => {
  it('draws the way of a CSV through files that there are', () => {
    const [diagram = ''] = docBlocks('docs/ARCHITECTURE.md', 'mermaid');
    const folders = readdirSync(join(root, 'src')).filter((name) => !name.endsWith('.ts'));
    const named = diagram.match(/\b[a-z]+(?:\/[a-z-]+)+/g) ?? [];
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((path) => !sources('src').includes(join('src', `${path}.ts`)))).toEqual([]);
    // Each part that a CSV comes by is in it; the words before it tell of the models.
    const apart = ['cli', 'client', 'embedded-mongo', 'migrate', 'models', 'observation', 'domain'];
    expect(folders.filter((folder) => !apart.includes(folder) && !diagram.includes(folder))).toEqual([]);
  });
});

describe('links between the pages', () => {
  const pages = [...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`), 'README.md', 'SECURITY.md'];

  it('name each page of docs/ in its index', () => {
    const index = read('docs/README.md');
    const named = pages.filter(
      (page) => page.startsWith('docs/') && page.endsWith('.md') && !page.endsWith('README.md'),
    );
    expect(named.filter((page) => !index.includes(`(${page.slice('docs/'.length)})`))).toEqual([]);
  });

  it.each(pages.filter((page) => page.endsWith('.md')))('of %s lead somewhere', (page) => {
    expect(brokenLinks(root, page)).toEqual([]);
  });
});

/** The patterns that routers of src/http answer, without where they are mounted. */
function routes(): string[] {
  const calls = sources('src/http').flatMap((path) => [
    ...read(path).matchAll(/router\.(?:get|post)\((\[[^\]]*\]|'[^']*')/g),
  ]);
  const paths = calls.flatMap(([, given = '']) => [...given.matchAll(/'([^']+)'/g)].map(([, path = '']) => path));
  // Markdown's asterisk is escaped.
  return paths.map((path) => path.replace('*', '\\*'));
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => join(folder, path));
}

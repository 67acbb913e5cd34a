import { readFileSync } from 'node:fs';

const INTRODUCTION = `# Licences

<!-- Made from package-lock.json by \`npm run build:docs\`. -->

Of the packages that are installed with Pixelpress, on any system: of the optional ones, a machine gets its own. What is built into the page at \`/\` is told with its texts at \`/licences.md\`; whose pictures the demo uses, in [NOTICE](../NOTICE).
`;

interface Locked {
  version?: string;
  license?: string;
  dev?: boolean;
}

export interface Installed {
  name: string;
  version: string;
  /** An expression of SPDX. */
  licence: string;
}

/** What `npm install pixelpress` may install on one system or another. @param root of this repository */
export function installedPackages(root: URL): Installed[] {
  const json = (path: string) => JSON.parse(readFileSync(new URL(path, root), 'utf8'));
  // npm's lockfile leaves out what a package tells in the form of before 2014.
  const ofBefore = (folder: string) => json(`${folder}/package.json`).licenses[0].type as string;
  const found = new Map<string, Installed>();
  for (const [folder, locked] of Object.entries<Locked>(json('package-lock.json').packages)) {
    if (folder === '' || locked.dev) continue;
    const name = folder.replace(/^.*node_modules\//, '');
    const version = locked.version ?? '';
    found.set(`${name} ${version}`, { name, version, licence: locked.license ?? ofBefore(folder) });
  }
  return [...found.values()].sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}

/** docs/licences.md: the packages under each licence, the most frequent one first. */
export function licencesPage(packages: readonly Installed[]): string {
  const licences = [...new Set(packages.map(({ licence }) => licence))];
  const sections = licences.map((licence) => ({ licence, found: packages.filter((each) => each.licence === licence) }));
  sections.sort((a, b) => b.found.length - a.found.length);
  return INTRODUCTION + sections.map(sectionOf).join('');
}

function sectionOf({ licence, found }: { licence: string; found: readonly Installed[] }): string {
  const lines = found.map(({ name, version }) => `- ${name} ${version}`);
  return ['', `## ${licence} (${found.length})`, '', ...lines, ''].join('\n');
}

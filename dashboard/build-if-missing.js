import { execSync } from 'node:child_process';
import { existsSync } from 'node:fs';

// `npm ci` has made the types and the page; a start must not pay for them again, nor go without them after
// `npm ci --ignore-scripts`.
const MADE = ['../src/client/generated/documents.ts', 'dist/index.html'];
if (!MADE.every((path) => existsSync(new URL(path, import.meta.url)))) {
  execSync('npm run --silent build:types && npm run --silent build:dashboard', { stdio: 'inherit' });
}

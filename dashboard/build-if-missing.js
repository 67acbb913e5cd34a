import { execSync } from 'node:child_process';
import { existsSync } from 'node:fs';

// `npm ci` has built the page; a start must not pay for it again, nor go without it after `npm ci --ignore-scripts`.
if (!existsSync(new URL('dist/index.html', import.meta.url))) {
  execSync('npm run --silent codegen && npm run --silent build:dashboard', { stdio: 'inherit' });
}

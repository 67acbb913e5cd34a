import { defineConfig } from 'vite';

/** Where `npm start` listens: the pages of the development server ask it. */
const SERVICE = 'http://127.0.0.1:4000';

export default defineConfig({
  // Relative, so that the page also works behind a proxy that serves it below a path.
  base: './',
  build: {
    target: 'es2022',
    emptyOutDir: true,
    // The page's policy allows files of its own only: nothing is written into the HTML or the CSS.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What is built in asks for its licence to go along.
    license: { fileName: 'licences.md' },
  },
  server: {
    proxy: { '/api': SERVICE, '/objects': SERVICE, '/graphql': { target: SERVICE, ws: true } },
  },
});

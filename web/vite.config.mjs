import { defineConfig } from 'vite';
import { precompress } from './precompress.mjs';

// What the server answers itself: in development all but the pages comes from there.
const SERVER_PATHS =
  '^/(api|logs|upload|stats|analytics|health|readiness|liveness|metrics|docs|openapi\\.json)\\b';
const server = `http://127.0.0.1:${process.env.PORT || '8080'}`;

/** Nothing is painted before the theme is known: else a dark page begins with a white flash. */
const renderBlocking = {
  name: 'render-blocking',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
  },
};

export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [renderBlocking, precompress()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // The content security policy allows no data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // Few files: what all pages share, what draws charts, and each page's own.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'kit', priority: 2, test: /node_modules\/@?preact|web\/src\/kit\/(?!chart)/ },
            { name: 'chart', priority: 1, test: /node_modules\/uplot|web\/src\/kit\/chart\// },
          ],
        },
      },
    },
  },
  // The host stays the browser's: sessions are given to the server's own pages only.
  server: { proxy: { [SERVER_PATHS]: { target: server, changeOrigin: false } } },
});

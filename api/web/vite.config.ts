import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {promisify} from 'node:util';
import {brotliCompress, constants, gzip} from 'node:zlib';
import {defineConfig} from 'vitest/config';

// The Go binary embeds dist, so dist must exist in a fresh clone: its .gitkeep
// is committed, and put back here because a build empties the folder.
const keepDist = {
  name: 'keep-dist',
  writeBundle: () => writeFileSync(new URL('dist/.gitkeep', import.meta.url), ''),
};

// Text is packed once, as small as it gets, instead of in a hurry at every request; embed.go sends what a browser takes.
const packed = {
  name: 'packed',
  apply: 'build' as const,
  writeBundle: async ({dir = 'dist'}: {dir?: string | undefined}, bundle: Record<string, unknown>) => {
    const pack = async (name: string) => {
      const file = path.join(dir, name);
      const text = await readFile(file);
      await writeFile(`${file}.gz`, await promisify(gzip)(text, {level: 9}));
      await writeFile(`${file}.br`, await promisify(brotliCompress)(text, {params: {[constants.BROTLI_PARAM_SIZE_HINT]: text.length}}));
    };
    await Promise.all([...Object.keys(bundle), 'icon.svg'].filter((n) => /\.(js|mjs|css|html|svg)$/.test(n)).map(pack)); // on all processors
  },
};

// Every page is alike but for its script, which is all that its own .html says; walls are dark from the first moment on.
const shell = {
  name: 'shell',
  transformIndexHtml: {
    order: 'pre' as const,
    handler: (script: string, {path: page}: {path: string}) => {
      const whole = readFileSync(new URL('src/page.html', import.meta.url), 'utf8').replace("<!-- the page's own script -->", script.trim());
      return page.endsWith('wall.html') ? whole.replace('data-theme="light"', 'data-theme="dark"').replace('content="light dark"', 'content="dark"') : whole;
    },
  },
};

export default defineConfig({
  base: '/',
  plugins: [shell, keepDist, packed],
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0, // the page's CSP takes no data: scripts or styles
    modulePreload: {polyfill: false}, // the polyfill is an inline script
    chunkSizeWarningLimit: 1200, // MapLibre alone is 1.1 MB before compression
    rollupOptions: {
      // Every page is an .html beside this file; embed.go says at which address it is served.
      input: readdirSync(import.meta.dirname).filter((name) => name.endsWith('.html')),
      output: {
        // MapLibre changes with its version only: a file of its own stays in the cache, and pages without a map go without.
        manualChunks: (id: string) => (id.includes('maplibre-gl') ? 'maplibre' : undefined),
      },
    },
  },
  server: {
    // `npm run dev` beside a running `gridmap demo`.
    proxy: {'^/(v1|tiles|styles)/': process.env['GRIDMAP_URL'] ?? 'http://127.0.0.1:8080'},
  },
  test: {include: ['test/unit/**/*.test.ts'], environment: 'node', testTimeout: 60_000},
});

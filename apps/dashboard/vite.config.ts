import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/dashboard/',
  plugins: [react()],
  build: {
    outDir: 'site',
    emptyOutDir: true,
    // An inlined asset would be a data: URL, which the page's policy has no use for.
    assetsInlineLimit: 0,
    target: 'es2023',
  },
  // `npx vite` beside a gateway of this machine.
  server: { proxy: { '/admin': 'http://127.0.0.1:8080', '/dashboard/session': 'http://127.0.0.1:8080' } },
});

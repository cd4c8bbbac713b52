import { defineConfig } from "vite";

export default defineConfig({
  // Relative addresses: the page works in any folder of any static host.
  base: "./",
  build: {
    target: "es2022",
    // Nothing inline: the page's policy allows scripts, styles and fonts from files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // React's libraries mark modules for servers; nothing is lost with the marks.
      onwarn: (warning, tell) => (warning.code === "MODULE_LEVEL_DIRECTIVE" ? undefined : tell(warning)),
    },
  },
});

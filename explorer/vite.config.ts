import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { defineConfig, type Plugin } from "vite";

const fonts = ["@fontsource-variable/inter", "@fontsource-variable/jetbrains-mono"];

/** Whoever passes the fonts on passes their licence on. */
function fontsLicence(): Plugin {
  const { resolve } = createRequire(import.meta.url);
  const licences = () => fonts.map((name) => `${name}\n\n${readFileSync(resolve(`${name}/LICENSE`), "utf8")}`);
  return {
    name: "fonts-licence",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "fonts-licence.txt", source: licences().join("\n\n") });
    },
  };
}

/** While one works on the page, styles come as inline ones; the built page keeps its policy. */
function withoutPolicy(): Plugin {
  return {
    name: "without-policy",
    apply: "serve",
    transformIndexHtml: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, ""),
  };
}

export default defineConfig({
  // Relative addresses: the page works in any folder of any static host.
  base: "./",
  plugins: [fontsLicence(), withoutPolicy()],
  build: {
    target: "es2022",
    // Nothing inline: the page's policy allows scripts, styles and fonts from files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_024,
    rolldownOptions: {
      // React's libraries mark modules for servers; nothing is lost with the marks.
      onwarn: (warning, tell) => (warning.code === "MODULE_LEVEL_DIRECTIVE" ? undefined : tell(warning)),
    },
  },
});

/** Makes a heading's id from its words, and counts where two are the same. */
export function slugOf(text, headings) {
  const slug = text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
  const same = headings.filter(({ id }) => id === slug || id.startsWith(`${slug}-`)).length;
  return same === 0 ? slug : `${slug}-${same}`;
}

/** Wraps a body into a page with a list of its headings. */
export function pageOf({ title, headings, body }) {
  const links = headings.map(({ id, depth, text }) => `${"  ".repeat(depth)}<li><a href="#${id}">${text}</a></li>`).join("\n");
  return `<!doctype html>
<meta charset="utf-8">
<title>${title}</title>
<nav><ul>
${links}
</ul></nav>
<main>
${body}</main>
`;
}

/** Says what a build context leaves out. */
export interface IgnoreRules {
  isIgnored: (path: string) => boolean;
  /** True when a later rule may bring back what an earlier one left out: ignored folders must then be looked into. */
  hasExceptions: boolean;
}

/** Reads a .dockerignore with the rules of Docker's own: the last rule that matches a path or a folder above it decides. */
export function parseIgnoreRules(text: string): IgnoreRules {
  const rules = text.split("\n").flatMap(parseRule);
  const isIgnored = (path: string) => rules.reduce((ignored, rule) => (matches(rule.pattern, path) ? !rule.isException : ignored), false);
  return { isIgnored, hasExceptions: rules.some((rule) => rule.isException) };
}

interface Rule {
  pattern: RegExp;
  isException: boolean;
}

function parseRule(line: string): Rule[] {
  const text = line.trim();
  if (text === "" || line.startsWith("#")) return [];
  const isException = text.startsWith("!");
  const segments = (isException ? text.slice(1).trim() : text).split("/").filter((segment) => segment !== "" && segment !== ".");
  return segments.length === 0 ? [] : [{ pattern: compile(segments.join("/")), isException }];
}

/** `**` stands for any number of folders, `*` and `?` stay inside a name, `[...]` is a set of characters, a backslash quotes. */
function compile(glob: string): RegExp {
  const source = glob.replace(/\*\*\/|\*\*|\*|\?|\[[^\]]*\]|\\.|[.+^${}()|\\]/g, (token) => {
    if (token === "**/") return "(?:.*/)?";
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    return token.startsWith("[") || (token.startsWith("\\") && token.length > 1) ? token : `\\${token}`;
  });
  return new RegExp(`^${source}$`, "s");
}

function matches(pattern: RegExp, path: string): boolean {
  for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) if (pattern.test(path.slice(0, at))) return true;
  return pattern.test(path);
}

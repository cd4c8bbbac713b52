const STORED = "parity-scheme";

export type Scheme = "light" | "dark";

/** The scheme that the visitor chose, else the system's. */
export function currentScheme(): Scheme {
  const chosen = read();
  return chosen ?? (window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

/** Shows the page in its scheme, and follows the system's while the visitor has not chosen. */
export function applyScheme(): void {
  show(currentScheme());
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => show(currentScheme()));
}

/** Keeps the visitor's choice. */
export function chooseScheme(scheme: Scheme): void {
  try {
    window.localStorage.setItem(STORED, scheme);
  } catch {
    // Storage is off: the choice lasts as long as the page.
  }
  show(scheme);
}

function show(scheme: Scheme): void {
  document.documentElement.dataset.scheme = scheme;
  window.dispatchEvent(new Event("schemechange"));
}

function read(): Scheme | undefined {
  try {
    const stored = window.localStorage.getItem(STORED);
    return stored === "light" || stored === "dark" ? stored : undefined;
  } catch {
    return undefined;
  }
}

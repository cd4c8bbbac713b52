import { useSyncExternalStore } from "react";
import { addressOf, parseRoute, type Route } from "./route.ts";

/** Follows where in the page one is. */
export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(onHashChange, () => window.location.hash));
}

/** Goes to a place; `replace` leaves no step back, for what changes while one types. */
export function goTo(route: Route, options: { replace?: boolean } = {}): void {
  if (!options.replace) {
    window.location.hash = addressOf(route);
    return;
  }
  window.history.replaceState(null, "", addressOf(route));
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

function onHashChange(tell: () => void): () => void {
  window.addEventListener("hashchange", tell);
  return () => window.removeEventListener("hashchange", tell);
}

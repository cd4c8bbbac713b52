import { type ErrorCode, errorCatalogue, isParityError } from "@parity-protocol/sdk";
import type { ReactNode } from "react";
import { ForeignText } from "./foreign-text.tsx";
import { WarningIcon } from "./icons.tsx";

export type Tone = "good" | "bad" | "wait" | "plain";

/** Says something that matters, and what to do about it. */
export function Notice({ tone, title, children, role }: { tone: Tone; title: string; children?: ReactNode; role?: "alert" | "status" }) {
  return (
    <div className={`notice notice-${tone}`} role={role}>
      {tone === "bad" || tone === "wait" ? <WarningIcon /> : null}
      <div>
        <p className="notice-title">{title}</p>
        {children}
      </div>
    </div>
  );
}

/** Says what failed and what to do, in the words of the project's catalogue of errors. */
export function Failure({ error, title = "That did not work", retry }: { error: unknown; title?: string; retry?: () => void }) {
  const { code, message, hint } = told(error);
  return (
    <Notice tone="bad" title={title} role="alert">
      <p>
        <ForeignText text={message} />
      </p>
      {hint ? (
        <p>
          <ForeignText text={hint} />
        </p>
      ) : null}
      <p className="notice-foot">
        <code>{code}</code>
        {retry ? (
          <button type="button" className="button button-small" onClick={retry}>
            Try again
          </button>
        ) : null}
      </p>
    </Notice>
  );
}

/** An error's code, message and hint; whatever is not the project's own is named by its message alone. */
function told(error: unknown): { code: ErrorCode | "UNEXPECTED"; message: string; hint: string } {
  if (isParityError(error)) return { code: error.code, message: error.message, hint: hintOf(error.code, error.hint) };
  return { code: "UNEXPECTED", message: error instanceof Error ? error.message : String(error), hint: "" };
}

/** Hints speak to a terminal; where the page can say it better, it does. */
function hintOf(code: ErrorCode, hint: string): string {
  if (code === "RPC_UNREACHABLE")
    return "Is the chain running? A browser also needs an RPC that allows other pages to ask it (CORS). The page goes on trying.";
  if (code === "NETWORK_FILE_INVALID") return "Correct network.json, or fill in the network under Settings.";
  return hint || errorCatalogue[code].hint;
}

/** What stands where there is nothing yet; `isPage` where nothing else does. */
export function Empty({ title, isPage = false, children }: { title: string; isPage?: boolean; children?: ReactNode }) {
  const Title = isPage ? "h1" : "p";
  return (
    <div className="empty">
      <Title className="empty-title">{title}</Title>
      {children}
    </div>
  );
}

/** Lines that stand for what is still being read. */
export function Loading({ what, lines = 4 }: { what: string; lines?: number }) {
  return (
    <div className="loading" role="status">
      <span className="unseen">Reading {what}…</span>
      {[...Array(lines).keys()].map((i) => (
        <span key={i} className="skeleton" aria-hidden="true" />
      ))}
    </div>
  );
}

import { type ReactNode, useState } from "react";
import { shortHex } from "../text/short.ts";
import { CheckIcon, CopyIcon } from "./icons.tsx";

const TOLD_MS = 1_500;

/** Shows a hash or an address shortened, whole on hover, and copies it. `link` leads to where more is said about it. */
export function Hex({ value, digits = 4, link, label }: { value: string; digits?: number; link?: string; label: string }) {
  const short = <span title={value}>{shortHex(value, digits)}</span>;
  return (
    <span className="hex">
      {link ? (
        <a href={link}>
          <span className="unseen">{label} </span>
          {short}
        </a>
      ) : (
        short
      )}
      <CopyButton text={value} label={`Copy ${label}`} />
    </span>
  );
}

/** Shows a hash whole, to be compared; it breaks where it has to. */
export function WholeHex({ value, label }: { value: string; label: string }) {
  return (
    <span className="hex hex-whole">
      <span>{value}</span>
      <CopyButton text={value} label={`Copy ${label}`} />
    </span>
  );
}

/** Copies a text, and says that it did. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  const copy = async () => {
    // Without https a browser gives no clipboard: the text can still be selected by hand.
    const isDone = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    setState(isDone ? "copied" : "refused");
    setTimeout(() => setState("idle"), TOLD_MS);
  };
  return (
    <button type="button" className="icon-button" onClick={() => void copy()} aria-label={label} title={label}>
      {state === "copied" ? <CheckIcon /> : <CopyIcon />}
      <span className="unseen" role="status">
        {state === "copied" ? "Copied" : state === "refused" ? "The browser does not let this page copy" : ""}
      </span>
    </button>
  );
}

/** A command to run elsewhere. */
export function Command({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <div className="command">
      {children}
      <div className="command-line">
        <code>{text}</code>
        <CopyButton text={text} label="Copy the command" />
      </div>
    </div>
  );
}

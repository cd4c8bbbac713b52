import { useState } from "react";
import { useNow, useOpened, useSnapshot } from "../ledger/use-ledger.ts";
import { addressOf, allTasks, type Route } from "../routing/route.ts";
import { grouped } from "../text/amount.ts";
import { formatMoment } from "../text/time.ts";
import { Hex } from "./hex.tsx";
import { Mark, MoonIcon, SunIcon } from "./icons.tsx";
import { Failure, Notice } from "./notice.tsx";
import { chooseScheme, currentScheme } from "./scheme.ts";

const places: readonly { route: Route; name: string; pages: readonly Route["page"][] }[] = [
  { route: allTasks, name: "Tasks", pages: ["tasks", "task"] },
  { route: { page: "runners" }, name: "Runners", pages: ["runners", "runner"] },
  { route: { page: "network" }, name: "Network", pages: ["network"] },
  { route: { page: "post" }, name: "Post", pages: ["post"] },
];

/** The head of the page. */
export function Header({ route, isOpen }: { route: Route; isOpen: boolean }) {
  return (
    <header className="header">
      <div className="header-row">
        <a className="brand" href={addressOf(allTasks)}>
          <Mark />
          <span>
            Parity <span className="brand-light">Explorer</span>
          </span>
        </a>
        <nav aria-label="Places">
          {places.map(({ route: to, name, pages }) => (
            <a key={name} href={addressOf(to)} aria-current={pages.includes(route.page) ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <div className="header-end">
          {isOpen ? <ChainState /> : null}
          <SchemeSwitch />
        </div>
      </div>
      {isOpen ? <Warnings /> : null}
    </header>
  );
}

/** How far the chain is known, in the fewest words. */
function ChainState() {
  const { known, failure } = useSnapshot();
  const { network } = useOpened();
  const readTo = known?.tail?.toBlock ?? known?.settled.at(-1)?.toBlock;
  const isBehind = readTo !== undefined && known !== undefined && readTo < known.head.number;
  const state = failure ? "failing" : !known ? "reading" : isBehind || !(known.isComplete || known.isPaused) ? "reading" : "live";
  const words = { failing: "No answer", reading: "Reading", live: "Live" }[state];
  const block = readTo === undefined ? "" : `block ${grouped(readTo.toString())}`;
  const text = (
    <>
      <span className={`pulse pulse-${state}`} aria-hidden="true" />
      <span>{words}</span>
      <span className="chain-block">{block}</span>
    </>
  );
  const title = `Chain ${network.chainId}, ${block}`;
  if (network.isFixed)
    return (
      <span className="chain" title={title}>
        {text}
      </span>
    );
  return (
    <a className="chain" href={addressOf({ page: "settings" })} title={`${title}: change the network`}>
      {text}
    </a>
  );
}

function Warnings() {
  const { failure } = useSnapshot();
  const { escrow } = useOpened();
  return (
    <>
      {failure ? (
        <div className="header-notice">
          <Failure error={failure} title="The chain does not answer; what stands here may be old" />
        </div>
      ) : null}
      {escrow.isKnownCode ? null : (
        <div className="header-notice">
          <Notice tone="bad" title="The escrow does not run the code that this page knows" role="alert">
            <p>What it says about tasks and payments may be invented. Do not post here.</p>
          </Notice>
        </div>
      )}
    </>
  );
}

function SchemeSwitch() {
  const [scheme, setScheme] = useState(currentScheme);
  const other = scheme === "dark" ? "light" : "dark";
  const change = () => {
    chooseScheme(other);
    setScheme(other);
  };
  return (
    <button type="button" className="icon-button" onClick={change} aria-label={`Show the page ${other}`} title={`Show the page ${other}`}>
      {scheme === "dark" ? <SunIcon /> : <MoonIcon />}
    </button>
  );
}

/** The foot of the page: what it is, and how little it should be believed. */
export function Footer({ isOpen }: { isOpen: boolean }) {
  return (
    <footer className="footer">
      <p>
        This page reads the chain and the stores in your browser. It has no server, no key and no memory of you. An accepted result is not a
        proof: re-run it with <code>parity verify</code>.
      </p>
      {isOpen ? <Whereabouts /> : null}
    </footer>
  );
}

function Whereabouts() {
  const { network } = useOpened();
  const now = useNow();
  return (
    <p className="footer-place">
      <span>Chain {network.chainId}</span>
      <span>
        Escrow <Hex value={network.escrow} label="the escrow's address" />
      </span>
      {now > 0 ? <span title="The chain's clock">{formatMoment(now)}</span> : null}
    </p>
  );
}

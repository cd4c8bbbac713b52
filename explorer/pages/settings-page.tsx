import { type FormEvent, useState } from "react";
import { hasKeptNetwork, keepNetwork } from "../network/find-network.ts";
import { type Network, parseNetwork } from "../network/network.ts";
import { Failure } from "../parts/notice.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { allTasks } from "../routing/route.ts";
import { goTo } from "../routing/use-route.ts";

const fields = [
  ["chainId", "Chain id", "1"],
  ["rpcUrl", "RPC address", "https://rpc.example"],
  ["escrow", "Escrow", "0x…"],
  ["deployedAtBlock", "Deployed at block", "0"],
  ["storeUrls", "Stores, separated by spaces", "https://store.example"],
  ["indexerUrl", "Indexer, if there is one", "https://indexer.example"],
] as const;

/** Where the visitor says which network to show. It stays in this browser. */
export function SettingsPage({ network, onChange }: { network: Network | undefined; onChange: () => void }) {
  const [failure, setFailure] = useState<unknown>();
  const choose = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    try {
      keepNetwork(networkIn(new FormData(event.currentTarget)));
      setFailure(undefined);
      goTo(allTasks);
      onChange();
    } catch (error) {
      setFailure(error);
    }
  };
  const forget = () => {
    keepNetwork(undefined);
    onChange();
  };
  return (
    <>
      <PageHead
        title="Which network?"
        note={
          network
            ? "What you fill in stays in this browser."
            : "There is no network.json beside this page: fill in the network, or start one with parity up."
        }
      />
      <form className="form" onSubmit={choose} aria-label="Network">
        {fields.map(([name, label, example]) => (
          <div className="field" key={name}>
            <label htmlFor={`network-${name}`}>{label}</label>
            <input
              id={`network-${name}`}
              name={name}
              defaultValue={textOf(network, name)}
              placeholder={example}
              spellCheck={false}
              autoComplete="off"
            />
          </div>
        ))}
        {failure ? <Failure error={failure} title="This network cannot be shown" /> : null}
        <div className="badges">
          <button type="submit" className="button button-main">
            Show this network
          </button>
          {hasKeptNetwork() ? (
            <button type="button" className="button" onClick={forget}>
              Forget it
            </button>
          ) : null}
        </div>
      </form>
    </>
  );
}

function textOf(network: Network | undefined, name: (typeof fields)[number][0]): string {
  if (!network) return "";
  return name === "storeUrls" ? network.storeUrls.join(" ") : String(network[name] ?? "");
}

function networkIn(form: FormData): Network {
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  const number = (name: string) => (/^\d{1,15}$/.test(text(name)) ? Number(text(name)) : Number.NaN);
  return parseNetwork({
    chainId: number("chainId"),
    rpcUrl: text("rpcUrl"),
    escrow: text("escrow"),
    deployedAtBlock: text("deployedAtBlock") === "" ? 0 : number("deployedAtBlock"),
    storeUrls: text("storeUrls").split(/\s+/).filter(Boolean),
    ...(text("indexerUrl") ? { indexerUrl: text("indexerUrl") } : {}),
  });
}

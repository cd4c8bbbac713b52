import type { EIP1193Provider } from "viem";

/** A wallet that the browser offers. Its name is its own word: shown as foreign text. */
export interface Wallet {
  id: string;
  name: string;
  provider: EIP1193Provider;
}

interface Announcement {
  info?: { uuid?: unknown; name?: unknown };
  provider?: EIP1193Provider;
}

const MOST_WALLETS = 20;
const MOST_NAME_LENGTH = 60;

/** Follows the wallets that announce themselves (EIP-6963); without any, the one that an older wallet leaves on the window. */
export function createWalletList(): { wallets: () => readonly Wallet[]; subscribe: (tell: () => void) => () => void } {
  let wallets: readonly Wallet[] = legacyWallet();
  return {
    wallets: () => wallets,
    subscribe(tell) {
      const hear = (event: Event) => {
        const wallet = walletOf((event as CustomEvent<Announcement>).detail);
        const announced = wallets.filter(({ id }) => id !== "window");
        if (!wallet || announced.length >= MOST_WALLETS || announced.some(({ id }) => id === wallet.id)) return;
        wallets = [...announced, wallet];
        tell();
      };
      window.addEventListener("eip6963:announceProvider", hear);
      window.dispatchEvent(new Event("eip6963:requestProvider"));
      return () => window.removeEventListener("eip6963:announceProvider", hear);
    },
  };
}

function walletOf({ info, provider }: Announcement): Wallet | undefined {
  if (typeof info?.uuid !== "string" || typeof info.name !== "string" || typeof provider?.request !== "function") return undefined;
  return { id: info.uuid, name: info.name.slice(0, MOST_NAME_LENGTH), provider };
}

function legacyWallet(): Wallet[] {
  const { ethereum } = window as { ethereum?: EIP1193Provider };
  return typeof ethereum?.request === "function" ? [{ id: "window", name: "Browser wallet", provider: ethereum }] : [];
}

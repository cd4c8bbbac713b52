/** What to index. */
export interface IndexerConfig {
  chainId: number;
  rpcUrl: string;
  escrow: `0x${string}`;
  /** The escrow's deployment. */
  fromBlock: number;
  /** Where PGlite keeps its files, or the Postgres to use in its place. */
  database: { directory: string } | { url: string };
}

/** Reads INDEXER_CHAIN_ID, INDEXER_RPC_URL, INDEXER_ESCROW, INDEXER_FROM_BLOCK, and DATABASE_URL or INDEXER_DIRECTORY. @throws an error that names what is wrong */
export function loadIndexerConfig(env: Readonly<Record<string, string | undefined>> = process.env): IndexerConfig {
  const read = (name: string, form: RegExp, what: string) => {
    const text = env[name] ?? "";
    if (form.test(text)) return text;
    throw new Error(`${name} must be ${what}; it is ${text === "" ? "not set" : JSON.stringify(text.slice(0, 80))}.`);
  };
  return {
    chainId: Number(read("INDEXER_CHAIN_ID", /^[1-9]\d{0,14}$/, "a chain's number")),
    rpcUrl: read("INDEXER_RPC_URL", /^https?:\/\/.+/, "an http(s) URL"),
    escrow: read("INDEXER_ESCROW", /^0x[0-9a-fA-F]{40}$/, "the escrow's address") as `0x${string}`,
    fromBlock: Number(read("INDEXER_FROM_BLOCK", /^\d{1,12}$/, "the number of the block with the escrow's deployment, or 0")),
    database: env.DATABASE_URL ? { url: env.DATABASE_URL } : { directory: env.INDEXER_DIRECTORY || ".ponder/pglite" },
  };
}

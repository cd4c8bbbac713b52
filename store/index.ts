/** Keeps blobs in a directory and serves them over HTTP. The only barrel of this room. */
export { loadStoreConfig, type StoreConfig } from "./config.ts";
export { type ChainPlace, connectChain } from "./connect-chain.ts";
export { type FetchIntoOptions, fetchInto, type WantedBlob } from "./fetch-into.ts";
export type { StoredBlob } from "./folder/layout.ts";
export type { SpaceUse } from "./folder/space.ts";
export type { ArrivingBlob } from "./folder/write-blob.ts";
export { type FolderStore, type FolderStoreOptions, folderStore } from "./folder-store.ts";
export type { StoreLogger } from "./http/call.ts";
export { defaultQuota } from "./open-store.ts";
export { runStore, type StoreRun } from "./run-store.ts";
export { type StoreServer, type StoreServerOptions, startStoreServer } from "./server.ts";
export type { QuotaTerms } from "./writers/quota.ts";
export type { StoreChain } from "./writers/task-facts.ts";

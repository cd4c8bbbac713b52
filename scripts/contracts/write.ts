import { writeFile } from "node:fs/promises";
import { generateContracts } from "./generate.ts";

const root = new URL("../../", import.meta.url);
await writeFile(new URL("sdk/protocol/contracts.ts", root), await generateContracts(new URL("artifacts/", root)));

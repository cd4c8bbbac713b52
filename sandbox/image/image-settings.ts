import { ParityError } from "@parity-protocol/sdk";
import type { ImageConfig, Platform } from "./documents.ts";

/** Reads for which platform an image is. @throws PLATFORM_UNSUPPORTED */
export function platformOf(config: ImageConfig): Platform {
  const platform = `${config.os}/${config.architecture}`;
  if (platform === "linux/amd64" || platform === "linux/arm64") return platform;
  throw new ParityError("PLATFORM_UNSUPPORTED", `The image is for ${platform}, not linux/amd64 or linux/arm64.`);
}

/** Of an image's config, what a job can see. */
export function settingsOf({ config }: ImageConfig): { env: string[]; entrypoint: string[]; command: string[]; workingDirectory: string } {
  const { Env, Entrypoint, Cmd, WorkingDir } = config ?? {};
  return { env: Env ?? [], entrypoint: Entrypoint ?? [], command: Cmd ?? [], workingDirectory: WorkingDir ?? "" };
}

import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

/**
 * Checks a request's AWS Signature Version 4, by the letter of its definition and by nothing that signs: s3rver takes any.
 * Returns what is wrong with it, if anything.
 */
export function signatureProblem({ method, url = "", headers }: IncomingMessage, secret: string): string | undefined {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
  const [, day, region, signedHeaders, signature] = pattern.exec(headers.authorization ?? "") ?? [];
  if (!day || !region || !signedHeaders) return "no signature";
  for (const name of ["host", "x-amz-content-sha256", "x-amz-date"])
    if (!signedHeaders.split(";").includes(name)) return `${name} is not signed`;
  const [path, query = ""] = url.split("?");
  const lines = signedHeaders.split(";").map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const canonical = [method, path, query, lines.join(""), signedHeaders, headers["x-amz-content-sha256"]].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, createHash("sha256").update(canonical).digest("hex")].join("\n");
  const hmac = (key: string | Buffer, part: string) => createHmac("sha256", key).update(part).digest();
  const key = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, text).toString("hex") === signature ? undefined : "the signature does not match";
}

import { z } from "zod";
import { jobBounds } from "./limits.ts";

/** 64 lower-case hexadecimal digits. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hexadecimal digits");

/** A relative path without `.`, `..`, empty segments, NUL or backslash tricks; at most 1,024 bytes of UTF-8 and 64 segments deep. */
export const relativePath = z.string().superRefine((path, context) => {
  const problem = pathProblem(path);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

/** Says what is wrong with a relative path, or nothing. */
export function pathProblem(path: string): string | undefined {
  if (path === "") return "must not be empty";
  if (!path.isWellFormed()) return "must be well-formed Unicode";
  if (path.includes("\0")) return "must not contain NUL";
  if (new TextEncoder().encode(path).length > jobBounds.pathBytes) return `must not be longer than ${jobBounds.pathBytes} bytes`;
  const segments = path.split("/");
  if (segments.length > jobBounds.pathSegments) return `must not be deeper than ${jobBounds.pathSegments} levels`;
  if (segments.some((segment) => segment === "" || segment === "." || segment === ".."))
    return "must be relative, without empty, '.' or '..' segments";
  if (segments.some((segment) => new TextEncoder().encode(segment).length > 255)) return "must not have a segment longer than 255 bytes";
  return undefined;
}

/** Compares two strings by the bytes of their UTF-8 form. */
export function byteOrder(a: string, b: string): number {
  const [left, right] = [new TextEncoder().encode(a), new TextEncoder().encode(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Says what is wrong with a list of file paths as one tree, and at which index: order by bytes, duplicates, a file that is also a directory. */
export function treeProblem(paths: readonly string[]): { index: number; message: string } | undefined {
  const files = new Set(paths);
  for (const [index, path] of paths.entries()) {
    const previous = paths[index - 1];
    if (previous !== undefined && byteOrder(previous, path) >= 0)
      return { index, message: "paths must be sorted by bytes, without duplicates" };
    if (parentsOf(path).some((parent) => files.has(parent))) return { index, message: "a file cannot also be a directory" };
  }
  return undefined;
}

function parentsOf(path: string): string[] {
  const segments = path.split("/");
  return segments.slice(1).map((_, i) => segments.slice(0, i + 1).join("/"));
}

/** A registry's host, perhaps with a port, and a repository in it, as part of a regular expression. No word of it leads anywhere else. */
export const repositoryPattern = "[a-z0-9]+(?:[.-]+[a-z0-9]+)*(?::\\d{1,5})?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+";

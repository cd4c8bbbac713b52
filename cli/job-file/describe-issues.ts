import type { z } from "zod";
import { nearest } from "../terminal/nearest.ts";

/** Says in one line each what is wrong with a value: the field's path, the problem, and a suggestion for a mistyped name. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], jsonSchema: unknown): string[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code !== "unrecognized_keys") return [`${fieldName(path)}: ${lowerFirst(issue.message)}`];
    return issue.keys.map((key) => `${fieldName([...path, key])}: unknown field${suggestion(key, fieldsAt(jsonSchema, path))}`);
  });
}

function fieldName(path: readonly string[]): string {
  return path.length === 0 ? "the file" : path.map((part, i) => (/^\d+$/.test(part) ? `[${part}]` : `${i > 0 ? "." : ""}${part}`)).join("");
}

function suggestion(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  if (near) return `; did you mean '${near}'?`;
  return known.length > 0 ? `; known here: ${known.join(", ")}` : "";
}

function fieldsAt(jsonSchema: unknown, path: readonly string[]): string[] {
  let schema = jsonSchema as { properties?: Record<string, unknown> } | undefined;
  for (const part of path) schema = schema?.properties?.[part] as typeof schema;
  return Object.keys(schema?.properties ?? {});
}

function lowerFirst(message: string): string {
  return message.replace(/^Invalid input: /, "").replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}

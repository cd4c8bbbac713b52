import { readFile } from "node:fs/promises";
import path from "node:path";
import { ParityError } from "@parity-protocol/sdk";
import { z } from "zod";
import { describeIssues } from "../job-file/describe-issues.ts";

const place = z
  .string()
  .regex(/^(?!\/)[^\0]+$/, "must be a path inside the image's root, without a slash in front")
  .refine((text) => !text.split("/").some((part) => part === ".." || part === "." || part === ""), "must have no '.', '..' or empty part");

const debianName = z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, "must be the name of a Debian package");

/** What an image is made of. Everything in it comes from packages whose versions and hashes are locked, or from the folder root/. */
export const recipeSchema = z
  .strictObject({
    platform: z.enum(["linux/amd64", "linux/arm64"]).default("linux/amd64"),
    debian: z.array(debianName).min(1).optional(),
    npm: z.record(place, place).optional(),
    omit: z.array(place).default([]),
    links: z.record(place, z.string().min(1)).default({}),
  })
  .refine((recipe) => recipe.debian !== undefined || recipe.npm !== undefined, "must have debian or npm: what the image is made of");

/** A validated recipe. */
export type Recipe = z.infer<typeof recipeSchema>;

/** Reads recipe.json of a folder. @throws INPUT_NOT_FOUND, IMAGE_RECIPE_INVALID with every wrong field */
export async function readRecipe(folder: string): Promise<Recipe> {
  return readJson(path.join(folder, "recipe.json"), recipeSchema);
}

/** Reads a JSON file of a recipe's folder. @throws INPUT_NOT_FOUND, IMAGE_RECIPE_INVALID */
export async function readJson<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.infer<Schema>> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new ParityError("INPUT_NOT_FOUND", `${file} cannot be read.`, { cause });
  });
  const parsed = schema.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data;
  const problems = describeIssues(parsed.error.issues, z.toJSONSchema(schema, { io: "input" }));
  throw new ParityError("IMAGE_RECIPE_INVALID", `${file}: ${problems.join("\n")}`, { details: { problems } });
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ParityError("IMAGE_RECIPE_INVALID", `${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

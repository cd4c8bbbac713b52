import type { Command } from "commander";

/** A word that can be typed, and what it means. */
export interface Word {
  word: string;
  meaning: string;
  /** True for a flag that is followed by a value. */
  takesValue?: boolean;
}

/** What can follow a command: its own commands, its flags, the words that its arguments are chosen from. */
export interface Place {
  /** The words that lead here: "" for the program, else like "runner start". */
  path: string;
  commands: Word[];
  flags: Word[];
}

/** Lists every place of a program, itself first. */
export function placesOf(program: Command, path: readonly string[] = []): Place[] {
  const commands = program.commands.map((child) => ({ word: child.name(), meaning: child.summary() || child.description() }));
  const flags = program.options.flatMap(({ long, short, description, required }) =>
    [long, short].flatMap((word) => (word ? [{ word, meaning: description, takesValue: required === true }] : [])),
  );
  const help = { word: "--help", meaning: "show help" };
  const place = { path: path.join(" "), commands, flags: [...flags, help] };
  return [place, ...program.commands.flatMap((child) => placesOf(child, [...path, child.name()]))];
}

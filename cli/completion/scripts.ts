import type { Place, Word } from "./words.ts";

/** The shells that a script can be written for, and how to switch it on. */
export const shells = {
  bash: { write: bash, use: 'eval "$(parity completion bash)"', file: "~/.bashrc" },
  zsh: { write: zsh, use: 'eval "$(parity completion zsh)"', file: "~/.zshrc, after compinit" },
  fish: { write: fish, use: "parity completion fish | source", file: "~/.config/fish/config.fish" },
} as const;

/** A shell that completion knows. */
export type Shell = keyof typeof shells;

/** Finds the place that the words before the cursor lead to: flags and what is no command of a place are passed over. */
function bashWalk(places: readonly Place[]): string {
  const known = places.filter(({ path }) => path).map(({ path }) => `"${path}"`);
  return `  local place="" word
  for word in "\${before[@]}"; do
    case "\${place:+$place }$word" in
      ${known.join("|")}) place="\${place:+$place }$word" ;;
    esac
  done`;
}

function bash(places: readonly Place[]): string {
  const cases = places.map(({ path, commands, flags }) => `    "${path}") commands="${wordsOf(commands)}"; flags="${wordsOf(flags)}" ;;`);
  return `# bash completion for parity
_parity() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" commands flags
  local before=("\${COMP_WORDS[@]:1:COMP_CWORD-1}")
${bashWalk(places)}
  case "$place" in
${cases.join("\n")}
  esac
  if [[ "$cur" == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$cur"))
  else COMPREPLY=($(compgen -W "$commands" -- "$cur"))
  fi
}
complete -o default -F _parity parity
`;
}

function zsh(places: readonly Place[]): string {
  const describe = (words: readonly Word[]) =>
    words.map(({ word, meaning }) => `'${word.replaceAll(":", "\\:")}:${quoted(meaning)}'`).join(" ");
  const cases = places.map(({ path, commands, flags }) => `    "${path}") commands=(${describe(commands)}); flags=(${describe(flags)}) ;;`);
  return `#compdef parity
# zsh completion for parity
_parity() {
  local -a commands flags
  local before=("\${(@)words[2,CURRENT-1]}") cur="$PREFIX"
${bashWalk(places)}
  case "$place" in
${cases.join("\n")}
  esac
  if [[ "$cur" == -* ]]; then _describe -o 'flag' flags
  elif (( $#commands )); then _describe 'command' commands
  else _files
  fi
}
compdef _parity parity
`;
}

function fish(places: readonly Place[]): string {
  const known = places.filter(({ path }) => path).map(({ path }) => `'${path}'`);
  const lines = places.flatMap(({ path, commands, flags }) => {
    const at = `complete -c parity -n "__parity_at '${path}'"`;
    return [
      ...commands.map(({ word, meaning }) => `${at} -f -a ${word} -d '${quoted(meaning)}'`),
      ...flags.map(({ word, meaning, takesValue }) => `${at} ${fishFlag(word)}${takesValue ? " -r" : ""} -d '${quoted(meaning)}'`),
    ];
  });
  return `# fish completion for parity
function __parity_at
  set -l place ''
  for word in (commandline -opc)[2..]
    set -l next (string trim -- "$place $word")
    if contains -- $next ${known.join(" ")}
      set place $next
    end
  end
  test "$place" = "$argv[1]"
end
${lines.join("\n")}
`;
}

function fishFlag(word: string): string {
  return word.startsWith("--") ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`;
}

function wordsOf(words: readonly Word[]): string {
  return words.map(({ word }) => word).join(" ");
}

/** Makes a meaning fit between single quotes, in all of the shells. */
function quoted(meaning: string): string {
  return meaning.replaceAll("'", "’").replaceAll("\\", "").replaceAll("\n", " ").replaceAll(":", " -");
}

import path from "node:path";
import { Command } from "commander";
import { makeJobFolder } from "../init/make-job-folder.ts";
import { templateNamed, templates } from "../init/templates.ts";
import type { Act } from "../program/context.ts";
import { withExample } from "../program/options.ts";
import { facts } from "../terminal/columns.ts";
import { safeText } from "../terminal/safe-text.ts";

interface InitOptions {
  program?: string;
}

/** `parity init`: makes a job folder from a template. */
export function initCommand(act: Act): Command {
  const command = new Command("init")
    .summary("make a job folder from a template")
    .description(
      `Makes a folder with a job that runs as it is: job.json, input/ (the program and what it works on) and image/ (what it runs in). No registry is needed.\n\nTemplates:\n${facts(templates.map(({ name, summary }) => [name, summary])).join("\n")}`,
    )
    .argument("<template>", templates.map(({ name }) => name).join(", "))
    .argument("[folder]", "the folder to make (unless told, the template's name and -job)")
    .option("--program <file>", "the static binary of the static template (busybox unless told)");
  return withExample(command, "parity init static hello").action(
    act(async (context, options: InitOptions, ...[name, folder]: [string, string?]) => {
      const template = templateNamed(name);
      const target = folder ?? `${template.name}-job`;
      makeJobFolder(path.resolve(context.directory, target), { template, ...options });
      const shown = safeText(target, 200);
      context.printer.result({ event: "made", template: template.name, folder: target, job: path.join(target, "job.json") }, [
        `Made ${shown}: change ${shown}/input and ${shown}/job.json as you like.`,
        `Run it with: parity run ${shown} --out answer`,
      ]);
      return 0;
    }),
  );
}

import { type BlobSource, decodeJobSpec, type JobSpec, readBlob } from "@parity-protocol/sdk";
import { useQuery } from "@tanstack/react-query";
import { Facts } from "../parts/facts.tsx";
import { ForeignText } from "../parts/foreign-text.tsx";
import { Hex, WholeHex } from "../parts/hex.tsx";
import { CheckIcon } from "../parts/icons.tsx";
import { Failure, Loading } from "../parts/notice.tsx";
import { formatSize } from "../text/size.ts";
import { describeJob, specBytes } from "./describe-job.ts";

/** Input files shown without being asked for. */
const SHOWN_FILES = 20;
/** The most of a command or an environment that is shown. */
const SHOWN_CHARACTERS = 4_000;

/** What the job is, in words. The spec is fetched from a store and hashed here: only the one that the task names is shown. */
export function JobSection({ jobHash, sources }: { jobHash: `0x${string}`; sources: readonly BlobSource[] }) {
  const spec = useQuery({
    queryKey: ["job", jobHash, sources.map(({ label }) => label)],
    queryFn: async ({ signal }) => decodeJobSpec(await readBlob(sources, { sha256: jobHash.slice(2), maxBytes: specBytes, signal })),
    enabled: sources.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      <Facts items={[["Job hash", <WholeHex key="hash" value={jobHash} label="job hash" />]]} />
      {sources.length === 0 ? <p className="muted">No store is known that could have the job spec.</p> : null}
      {spec.isLoading ? <Loading what="the job spec" /> : null}
      {spec.isError ? <Failure error={spec.error} title="The job spec could not be read" retry={() => void spec.refetch()} /> : null}
      {spec.data ? <Spec spec={spec.data} /> : null}
    </>
  );
}

function Spec({ spec }: { spec: JobSpec }) {
  const environment = Object.entries(spec.env);
  return (
    <>
      <p className="verified">
        <CheckIcon /> The spec was hashed here: it is the one that this task names.
      </p>
      <ul className="prose">
        {describeJob(spec).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <h3>Command</h3>
      <pre className="code-box">
        <ForeignText text={spec.command.map(quoted).join(" ").slice(0, SHOWN_CHARACTERS)} />
      </pre>
      <Facts
        items={[
          ["Working directory", <ForeignText key="directory" text={spec.workingDirectory} />],
          ["Image archive", <Hex key="image" value={spec.image.archive} digits={8} label="image archive's sha256" />],
          [
            "Environment",
            environment.length > 0 ? (
              <ForeignText
                key="env"
                text={environment
                  .map(([name, value]) => `${name}=${quoted(value)}`)
                  .join(" ")
                  .slice(0, SHOWN_CHARACTERS)}
              />
            ) : undefined,
          ],
        ]}
      />
      {spec.input.length > 0 ? <Inputs spec={spec} /> : null}
    </>
  );
}

function Inputs({ spec }: { spec: JobSpec }) {
  return (
    <details>
      <summary>Input files</summary>
      <ul className="files-plain">
        {spec.input.slice(0, SHOWN_FILES).map(({ path, bytes, sha256 }) => (
          <li key={path}>
            <ForeignText text={path} /> <span className="muted">{formatSize(bytes)}</span> <Hex value={sha256} label="file's sha256" />
          </li>
        ))}
      </ul>
      {spec.input.length > SHOWN_FILES ? <p className="muted">and {spec.input.length - SHOWN_FILES} more</p> : null}
    </details>
  );
}

/** Quotes a word as a shell would need it, so that an argument's ends are seen. */
function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

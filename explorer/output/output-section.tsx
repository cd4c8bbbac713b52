import { type BlobSource, type ExitedManifest, type FetchedResult, fetchResult, type OutputManifest } from "@parity-protocol/sdk";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Facts } from "../parts/facts.tsx";
import { WholeHex } from "../parts/hex.tsx";
import { CheckIcon } from "../parts/icons.tsx";
import { Empty, Failure, Loading } from "../parts/notice.tsx";
import { counted, formatSize } from "../text/size.ts";
import { FileRow } from "./file-row.tsx";

/** Files shown at first, and with each step further. */
const SHEET_FILES = 50;

const outcomes: Readonly<Record<OutputManifest["outcome"], string>> = {
  exited: "The job ended by itself",
  "timed-out": "The job took longer than its limit",
  "out-of-memory": "The job needed more memory than its limit",
  "output-too-large": "The job wrote more than its limit",
  "output-refused": "The job left something under /output that is not a file",
};

/** The output that a quorum agreed on: its manifest, what the job printed, its files. Every byte is hashed here. */
export function OutputSection({ outputHash, sources }: { outputHash: `0x${string}`; sources: readonly BlobSource[] }) {
  const fetched = useQuery({
    queryKey: ["output", outputHash, sources.map(({ label }) => label)],
    queryFn: ({ signal }) =>
      fetchResult({ outputHash, sources, signal }).then((result) => ({ ...result, ...openersOf(outputHash, sources) })),
    enabled: sources.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      <Facts items={[["Output hash", <WholeHex key="hash" value={outputHash} label="output hash" />]]} />
      {sources.length === 0 ? <p className="muted">No store is known that could have the output.</p> : null}
      {fetched.isLoading ? <Loading what="the output" /> : null}
      {fetched.isError ? <Failure error={fetched.error} title="The output could not be read" retry={() => void fetched.refetch()} /> : null}
      {fetched.data ? <Output result={fetched.data} /> : null}
    </>
  );
}

/** The query's signal ends with the query: what is opened later needs one of its own. */
function openersOf(outputHash: `0x${string}`, sources: readonly BlobSource[]): Pick<FetchedResult, "openFile" | "openStdout"> {
  const again = () => fetchResult({ outputHash, sources });
  return { openFile: async (path) => (await again()).openFile(path), openStdout: async () => (await again()).openStdout() };
}

function Output({ result }: { result: FetchedResult }) {
  const { manifest } = result;
  return (
    <>
      <p className="verified">
        <CheckIcon /> The manifest was hashed here: it is what the quorum revealed.
      </p>
      <p>
        {outcomes[manifest.outcome]}
        {manifest.outcome === "exited" ? (
          <>
            , with exit code <strong>{manifest.exitCode}</strong>, {counted(manifest.files.length, "file")} and{" "}
            {formatSize(manifest.stdout.bytes)} printed.
          </>
        ) : (
          "; such an output has no files."
        )}
      </p>
      {manifest.outcome === "exited" ? <Files manifest={manifest} result={result} /> : null}
    </>
  );
}

function Files({ manifest, result }: { manifest: ExitedManifest; result: FetchedResult }) {
  const [shown, setShown] = useState(SHEET_FILES);
  const { files, stdout } = manifest;
  if (files.length === 0 && stdout.bytes === 0) return <Empty title="The job printed nothing and left no files" />;
  return (
    <>
      <ul className="files" aria-label="Output files">
        {stdout.bytes > 0 ? <FileRow file={{ path: "stdout", isStdout: true, ...stdout }} open={() => result.openStdout()} /> : null}
        {files.slice(0, shown).map((file) => (
          <FileRow key={file.path} file={file} open={() => result.openFile(file.path)} />
        ))}
      </ul>
      {files.length > shown ? (
        <button type="button" className="button" onClick={() => setShown(shown + SHEET_FILES)}>
          Show {Math.min(SHEET_FILES, files.length - shown)} more of {files.length}
        </button>
      ) : null}
    </>
  );
}

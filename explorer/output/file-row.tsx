import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ForeignText } from "../parts/foreign-text.tsx";
import { Hex } from "../parts/hex.tsx";
import { CheckIcon } from "../parts/icons.tsx";
import { Failure } from "../parts/notice.tsx";
import { formatSize } from "../text/size.ts";
import { fileNameOf } from "../text/visible-text.ts";
import { type Preview, previewOf } from "./preview.ts";
import { MOST_DOWNLOAD_BYTES, MOST_VIEW_BYTES, readVerified, save } from "./read-verified.ts";

/** A file of an output, or what the job printed. */
export interface ShownFile {
  path: string;
  sha256: string;
  bytes: number;
  executable?: boolean;
  isStdout?: boolean;
}

/** One file: its name, its size and hash, a tick once its bytes were hashed here; to look at and to save. */
export function FileRow({ file, open }: { file: ShownFile; open: () => Promise<ReadableStream<Uint8Array>> }) {
  const [progress, setProgress] = useState(0);
  const [preview, setPreview] = useState<Preview>();
  const reading = useMutation({ mutationFn: async () => readVerified(await open(), setProgress) });
  const view = async () => {
    if (preview) setPreview(undefined);
    else setPreview(previewOf(new Uint8Array(await (await reading.mutateAsync()).arrayBuffer())));
  };
  const download = async () => save(await reading.mutateAsync(), fileNameOf(file.isStdout ? "stdout.txt" : file.path));
  return (
    <li className="file">
      <div className="file-row">
        <span className="file-name">{file.isStdout ? <span>What it printed (stdout)</span> : <ForeignText text={file.path} />}</span>
        <span className="file-size">
          {formatSize(file.bytes)}
          {file.executable ? ", executable" : ""}
        </span>
        <Hex value={file.sha256} label="file's sha256" />
        <Verification isPending={reading.isPending} isDone={reading.isSuccess} share={file.bytes === 0 ? 1 : progress / file.bytes} />
        <span className="file-actions">
          {file.bytes <= MOST_VIEW_BYTES ? (
            <button
              type="button"
              className="button button-small"
              aria-expanded={preview !== undefined}
              onClick={() => void view().catch(() => undefined)}
              disabled={reading.isPending}
            >
              {preview ? "Hide" : "View"}
            </button>
          ) : null}
          {file.bytes <= MOST_DOWNLOAD_BYTES ? (
            <button
              type="button"
              className="button button-small"
              onClick={() => void download().catch(() => undefined)}
              disabled={reading.isPending}
            >
              Save
            </button>
          ) : (
            <span className="muted">
              Too large for a browser: <code>parity result</code>
            </span>
          )}
        </span>
      </div>
      {reading.isError ? <Failure error={reading.error} title="Not verified: nothing of it is shown" /> : null}
      {preview ? <Shown preview={preview} bytes={file.bytes} /> : null}
    </li>
  );
}

function Verification({ isPending, isDone, share }: { isPending: boolean; isDone: boolean; share: number }) {
  return (
    <span className="verification" role="status">
      {isPending ? `hashing ${Math.round(share * 100)} %` : null}
      {isDone ? (
        <span className="verified verified-short">
          <CheckIcon /> hash verified
        </span>
      ) : null}
    </span>
  );
}

function Shown({ preview, bytes }: { preview: Preview; bytes: number }) {
  return (
    <>
      {preview.shownBytes < bytes ? (
        <p className="muted">
          The first {formatSize(preview.shownBytes)} of {formatSize(bytes)}; save it to see all.
        </p>
      ) : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <section className={`code-box code-${preview.kind}`} tabIndex={0} aria-label="The file's content">
        <pre>
          <ForeignText text={preview.text} isMultiline />
        </pre>
      </section>
    </>
  );
}

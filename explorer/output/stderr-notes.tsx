import { type BlobSource, type CommitteeMember, getStderrNote, type Hex } from "@parity-protocol/sdk";
import { useMutation } from "@tanstack/react-query";
import { ForeignText } from "../parts/foreign-text.tsx";
import { Failure } from "../parts/notice.tsx";

interface NotesProps {
  taskId: Hex;
  members: readonly CommitteeMember[];
  sources: readonly BlobSource[];
}

/** What runners left of their runs' stderr: no part of the answer, and nothing that anyone can verify. */
export function StderrNotes({ taskId, members, sources }: NotesProps) {
  return (
    <details>
      <summary>What the runs wrote to stderr (unverified)</summary>
      <p className="muted">Each runner may leave the end of it at a store. It is no part of the output: nobody can check it.</p>
      <ul className="stderr-notes">
        {members.map(({ identity, slot }) => (
          <Note key={identity} slot={slot} read={() => readNote(sources, { taskId, identity })} />
        ))}
      </ul>
    </details>
  );
}

function Note({ slot, read }: { slot: number; read: () => Promise<string | undefined> }) {
  const reading = useMutation({ mutationFn: read });
  return (
    <li>
      <button type="button" className="button button-small" disabled={reading.isPending} onClick={() => reading.mutate()}>
        Read slot {slot}'s
      </button>
      {reading.isSuccess && reading.data === undefined ? <span className="muted">It left none.</span> : null}
      {reading.data === undefined ? null : (
        <pre className="code-box">
          <ForeignText text={reading.data === "" ? "(empty)" : reading.data} isMultiline />
        </pre>
      )}
      {reading.isError ? <Failure error={reading.error} title="The store did not say" /> : null}
    </li>
  );
}

/** Asks the stores in turn; the first that has a note is believed as little as any. */
async function readNote(sources: readonly BlobSource[], key: { taskId: Hex; identity: Hex }): Promise<string | undefined> {
  for (const { label } of sources) {
    const note = await getStderrNote(label, key);
    if (note) return new TextDecoder().decode(note);
  }
  return undefined;
}
